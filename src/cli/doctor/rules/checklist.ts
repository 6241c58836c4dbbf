/** The security checklist of a production deployment: before it, behind it, and from then on. */
export const CHECKLIST = {
  'jwt-secret': 'Generate unique JWT_SECRET (min 32 chars)',
  'service-key': 'Generate unique SERVICE_API_KEY',
  'secret-manager': 'Configure GCP Secret Manager (recommended)',
  'tenant-limits': 'Review tenant rate limits',
  tls: 'Enable TLS at load balancer',
  waf: 'Configure WAF rules',
  'service-account': 'Review service account permissions',
  health: 'Verify health endpoints respond correctly',
  'rate-limiting': 'Test rate limiting is enforced',
  isolation: 'Verify tenant isolation (cross-tenant access blocked)',
  circuits: 'Test circuit breaker behavior',
  logs: 'Verify structured logs are collected',
  shutdown: 'Test graceful shutdown behavior',
  scan: 'Run security scan on exposed endpoints',
  rotation: 'Rotate secrets quarterly',
  'access-logs': 'Review access logs weekly',
  'limit-violations': 'Monitor rate limit violations',
  'circuit-events': 'Review circuit breaker events',
  dependencies: 'Update dependencies monthly',
} as const;

export type ChecklistItem = keyof typeof CHECKLIST;
