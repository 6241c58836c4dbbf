import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { invalid, type ProblemDetail } from '../problems/problem.js';

/** Checks every body and query against its DTO; unknown fields are refused; faults are named by JSON Pointer. */
export function validationPipe(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    transform: true,
    stopAtFirstError: false,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => invalid(errors.flatMap((error) => faults(error, ''))),
  });
}

function faults(error: ValidationError, parent: string): ProblemDetail[] {
  const pointer = `${parent}/${error.property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const own = Object.entries(error.constraints ?? {}).map(([code, detail]) => ({
    pointer,
    code: code === 'whitelistValidation' ? 'unknown_field' : code,
    detail,
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => faults(child, pointer))];
}
