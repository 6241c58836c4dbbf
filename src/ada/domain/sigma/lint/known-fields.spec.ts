import { KnownFields } from './known-fields.js';

const known = new KnownFields([
  { names: ['CommandLine', 'ParentCommandLine', 'Image', 'ImageLoaded', 'User', 'userIdentity.userName'], numbered: ['a', 'param'] },
  { names: ['requestParameters'], open: ['requestParameters', 'data.request'] },
  {},
]);

describe('the known fields of a log source', () => {
  it.each([
    'CommandLine',
    'User',
    'a0',
    'a12',
    'param3',
    'requestParameters',
    'requestParameters.a',
    'requestParameters.a.b',
    'data.request.x',
  ])('have %s', (name) => {
    expect(known.has(name)).toBe(true);
  });

  it.each([
    'commandline',
    'Command',
    'a',
    'a1b',
    'b0',
    '7',
    '',
    'data',
    'data.request',
    'requestParametersX.a',
    'constructor',
    'CommandLine.x',
  ])('do not have %j', (name) => {
    expect(known.has(name)).toBe(false);
  });

  it.each([
    ['CommanLine', 'CommandLine'],
    ['commandline', 'CommandLine'],
    ['CommandLien', 'CommandLine'],
    ['ParentCommandline', 'ParentCommandLine'],
    ['USER', 'User'],
    ['Imag', 'Image'],
    ['ImageLoadde', 'ImageLoaded'],
    ['useridentity.username', 'userIdentity.userName'],
    ['requestParamters.bucketName', 'requestParameters.bucketName'],
    ['data.reqest.x', 'data.request.x'],
  ])('tell what %s was to be: %s', (name, nearest) => {
    expect(known.nearest(name)).toBe(nearest);
  });

  it.each(['GrandParentImage', 'Usual', 'x', '', 'constructor', 'C'.repeat(65), 'zzzz.bucketName'])('have nothing like %j', (name) => {
    expect(known.nearest(name)).toBeUndefined();
  });

  it('prefer the name that is written more alike', () => {
    const two = new KnownFields([{ names: ['ProcessID', 'ProcessId'] }]);
    expect([two.nearest('processId'), two.nearest('processID')]).toEqual(['ProcessId', 'ProcessID']);
  });
});
