import { Controller, Get, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthenticationGuard } from './authentication.guard.js';
import { AllowEverybody } from './allow.decorator.js';

@Controller()
class NewController {
  @Get()
  undeclared(): void {
    throw new Error('never reached');
  }

  @Get('open')
  @AllowEverybody()
  open(): void {
    throw new Error('never reached');
  }
}

describe('the authentication guard', () => {
  const nothing = undefined as never;
  const cls = { get: () => '127.0.0.1' } as never;
  const contextOf = (handler: () => void): ExecutionContext =>
    ({
      getHandler: () => handler,
      getClass: () => NewController,
      switchToHttp: () => ({ getRequest: () => ({}) }),
    }) as unknown as ExecutionContext;

  it('TEN-04 a new route that does not say who may call it answers nobody', async () => {
    const guard = new AuthenticationGuard(new Reflector(), cls, nothing);
    const { undeclared, open } = NewController.prototype;
    await expect(guard.canActivate(contextOf(undeclared))).rejects.toMatchObject({
      message: expect.stringContaining('not open to anybody'),
    });
    expect(await guard.canActivate(contextOf(open))).toBe(true);
  });
});
