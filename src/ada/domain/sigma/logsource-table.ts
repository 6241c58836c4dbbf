/** Windows events that a Sigma category means. With `eventTypes` the event has to say that it is of one of them. */
export interface WindowsEvents {
  readonly channels: readonly string[];
  readonly eventIds: readonly number[];
  readonly eventTypes?: readonly string[];
}

const SYSMON = ['microsoft-windows-sysmon/operational'];
const SECURITY = ['security'];
const POWERSHELL = ['microsoft-windows-powershell/operational', 'powershellcore/operational'];
const POWERSHELL_CLASSIC = ['windows powershell'];
const DEFENDER = ['microsoft-windows-windows defender/operational'];

const sysmon = (...eventIds: number[]): WindowsEvents => ({ channels: SYSMON, eventIds });

/**
 * Sigma categories of `product: windows` as channel, event id and, for the registry, event type. It follows Sigma's
 * taxonomy (specification 2.1, appendix) and the configuration that SigmaHQ tests its Windows rules with. Names are lower-cased.
 */
export const WINDOWS_CATEGORIES: Readonly<Record<string, readonly WindowsEvents[]>> = {
  process_creation: [sysmon(1), { channels: SECURITY, eventIds: [4688] }],
  file_change: [sysmon(2)],
  network_connection: [sysmon(3)],
  sysmon_status: [sysmon(4, 16)],
  process_termination: [sysmon(5)],
  driver_load: [sysmon(6)],
  image_load: [sysmon(7)],
  create_remote_thread: [sysmon(8)],
  raw_access_thread: [sysmon(9)],
  process_access: [sysmon(10)],
  file_event: [sysmon(11)],
  registry_event: [sysmon(12, 13, 14)],
  registry_add: [{ channels: SYSMON, eventIds: [12], eventTypes: ['createkey', 'createvalue'] }],
  registry_delete: [{ channels: SYSMON, eventIds: [12], eventTypes: ['deletekey', 'deletevalue'] }],
  registry_set: [sysmon(13)],
  registry_rename: [sysmon(14)],
  create_stream_hash: [sysmon(15)],
  pipe_created: [sysmon(17, 18)],
  wmi_event: [sysmon(19, 20, 21)],
  dns_query: [sysmon(22)],
  file_delete: [sysmon(23)],
  clipboard_capture: [sysmon(24)],
  clipboard_change: [sysmon(24)],
  process_tampering: [sysmon(25)],
  file_delete_detected: [sysmon(26)],
  file_block_executable: [sysmon(27)],
  file_block_shredding: [sysmon(28)],
  file_executable_detected: [sysmon(29)],
  sysmon_error: [sysmon(255)],
  ps_module: [{ channels: POWERSHELL, eventIds: [4103] }],
  ps_script: [{ channels: POWERSHELL, eventIds: [4104] }],
  ps_classic_start: [{ channels: POWERSHELL_CLASSIC, eventIds: [400] }],
  ps_classic_provider_start: [{ channels: POWERSHELL_CLASSIC, eventIds: [600] }],
  ps_classic_script: [{ channels: POWERSHELL_CLASSIC, eventIds: [800] }],
  antivirus: [{ channels: DEFENDER, eventIds: [1006, 1007, 1008, 1009, 1010, 1011, 1012, 1017, 1018, 1019, 1115, 1116] }],
};

/** Categories of the table that rules write without a product, and that events of other products may have as well. */
export const PRODUCTLESS_WINDOWS_CATEGORIES: ReadonlySet<string> = new Set(['antivirus']);

/** Sigma services of `product: windows` as event channels, lower-cased. */
export const WINDOWS_SERVICES: Readonly<Record<string, readonly string[]>> = {
  application: ['application'],
  'application-experience': [
    'microsoft-windows-application-experience/program-telemetry',
    'microsoft-windows-application-experience/program-compatibility-assistant',
  ],
  applocker: [
    'microsoft-windows-applocker/msi and script',
    'microsoft-windows-applocker/exe and dll',
    'microsoft-windows-applocker/packaged app-deployment',
    'microsoft-windows-applocker/packaged app-execution',
  ],
  'appmodel-runtime': ['microsoft-windows-appmodel-runtime/admin'],
  'appxdeployment-server': ['microsoft-windows-appxdeploymentserver/operational'],
  'appxpackaging-om': ['microsoft-windows-appxpackaging/operational'],
  bitlocker: ['microsoft-windows-bitlocker/bitlocker management'],
  'bits-client': ['microsoft-windows-bits-client/operational'],
  capi2: ['microsoft-windows-capi2/operational'],
  'certificateservicesclient-lifecycle-system': ['microsoft-windows-certificateservicesclient-lifecycle-system/operational'],
  'codeintegrity-operational': ['microsoft-windows-codeintegrity/operational'],
  dhcp: ['microsoft-windows-dhcp-server/operational'],
  'diagnosis-scripted': ['microsoft-windows-diagnosis-scripted/operational'],
  'dns-client': ['microsoft-windows-dns client events/operational'],
  'dns-server': ['dns server'],
  'dns-server-analytic': ['microsoft-windows-dns-server/analytical'],
  'dns-server-audit': ['microsoft-windows-dns-server/audit'],
  'driver-framework': ['microsoft-windows-driverframeworks-usermode/operational'],
  'firewall-as': ['microsoft-windows-windows firewall with advanced security/firewall'],
  'hyper-v-worker': ['microsoft-windows-hyper-v-worker'],
  'iis-configuration': ['microsoft-iis-configuration/operational'],
  'kernel-event-tracing': ['microsoft-windows-kernel-eventtracing'],
  'kernel-shimengine': ['microsoft-windows-kernel-shimengine/operational', 'microsoft-windows-kernel-shimengine/diagnostic'],
  ldap: ['microsoft-windows-ldap-client/debug'],
  'lsa-server': ['microsoft-windows-lsa/operational'],
  'microsoft-servicebus-client': ['microsoft-servicebus-client/admin', 'microsoft-servicebus-client/operational'],
  'msexchange-management': ['msexchange management'],
  ntfs: ['microsoft-windows-ntfs/operational'],
  ntlm: ['microsoft-windows-ntlm/operational'],
  openssh: ['openssh/operational'],
  powershell: POWERSHELL,
  'powershell-classic': POWERSHELL_CLASSIC,
  'printservice-admin': ['microsoft-windows-printservice/admin'],
  'printservice-operational': ['microsoft-windows-printservice/operational'],
  security: SECURITY,
  'security-mitigations': ['microsoft-windows-security-mitigations/kernel mode', 'microsoft-windows-security-mitigations/user mode'],
  sense: ['microsoft-windows-sense/operational'],
  'servicebus-client': ['microsoft-servicebus-client/admin', 'microsoft-servicebus-client/operational'],
  'shell-core': ['microsoft-windows-shell-core/operational'],
  'smbclient-connectivity': ['microsoft-windows-smbclient/connectivity'],
  'smbclient-security': ['microsoft-windows-smbclient/security'],
  'smbserver-connectivity': ['microsoft-windows-smbserver/connectivity'],
  sysmon: SYSMON,
  system: ['system'],
  taskscheduler: ['microsoft-windows-taskscheduler/operational'],
  'terminalservices-localsessionmanager': ['microsoft-windows-terminalservices-localsessionmanager/operational'],
  vhdmp: ['microsoft-windows-vhdmp/operational'],
  windefend: DEFENDER,
  wmi: ['microsoft-windows-wmi-activity/operational'],
};

/**
 * Services that stand for a log file which holds the messages of several programs: a rule for the service also takes the events of these.
 * `auth` is what syslog writes to `auth.log`, `syslog` everything that came through syslog.
 */
const AUTH_PROGRAMS = ['sshd', 'sudo', 'su', 'pam', 'login', 'systemd-logind', 'polkit', 'useradd'];

export const LINUX_SERVICES: Readonly<Record<string, readonly string[]>> = {
  auth: AUTH_PROGRAMS,
  syslog: ['auth', 'cron', 'clamav', 'guacamole', 'vsftpd', ...AUTH_PROGRAMS],
};
