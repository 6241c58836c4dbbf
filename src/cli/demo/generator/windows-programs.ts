export const SYSTEM32 = 'C:\\Windows\\System32\\';
export const POWERSHELL = `${SYSTEM32}WindowsPowerShell\\v1.0\\powershell.exe`;
export const OFFICE = 'C:\\Program Files\\Microsoft Office\\root\\Office16\\';
export const BROWSERS: readonly string[] = [
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
];
export const ONEDRIVE = 'C:\\Program Files\\Microsoft OneDrive\\OneDrive.exe';
export const DEFENDER = 'C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.26090.9-0\\MsMpEng.exe';
export const INVENTORY_AGENT = 'C:\\Program Files\\Acme\\Inventory\\agent.exe';

/** Names that programs were compiled with, where Sysmon tells another spelling than the file has. */
const ORIGINAL_NAMES: Readonly<Record<string, string>> = {
  'powershell.exe': 'PowerShell.EXE',
  'cmd.exe': 'Cmd.Exe',
  'rundll32.exe': 'RUNDLL32.EXE',
  'WINWORD.EXE': 'WinWord.exe',
  'EXCEL.EXE': 'Excel.exe',
  'PsExec64.exe': 'psexec.c',
  'procdump64.exe': 'procdump',
  'certutil.exe': 'CertUtil.exe',
};

/** Name that a program was compiled with. */
export function originalName(image: string): string {
  const name = fileName(image);
  return ORIGINAL_NAMES[name] ?? name;
}

/** Last part of a Windows path. */
function fileName(path: string): string {
  return path.slice(path.lastIndexOf('\\') + 1);
}

/** Hashes in Sysmon's form that stay the same for a program; they are those of no real file. */
export function hashesOf(image: string): string {
  let sha256 = '';
  let state = 0x811c9dc5;
  for (let round = 0; sha256.length < 64; round += 1) {
    for (let at = 0; at < image.length; at += 1) state = Math.imul(state ^ image.charCodeAt(at) ^ round, 0x01000193) >>> 0;
    sha256 += state.toString(16).padStart(8, '0');
  }
  return `MD5=${sha256.slice(32).toUpperCase()},SHA256=${sha256.toUpperCase()}`;
}
