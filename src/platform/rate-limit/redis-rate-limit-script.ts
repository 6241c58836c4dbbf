/**
 * Time as Redis has it, in microseconds: the clocks of those who ask play no part. It is read inside the script, so that one clock decides for
 * all instances.
 */
export const REDIS_CLOCK = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]`;

/**
 * `decide` of gcra.ts in Lua, for all limits of one scope at once. KEYS: a bucket a limit. ARGV: burst, count, period and cost of each. Answers
 * whole numbers only, as Redis cuts fractions off: now, then of each limit outcome (0 admitted, 1 limited, 2 too costly), remaining, microseconds
 * until it would be admitted, microseconds until full. A bucket is kept as "level at" until it has drained. One that cannot be read counts as
 * exhausted, and is written anew.
 */
const BODY = `
local limits, worst = {}, 0
for i = 1, #KEYS do
  local burst, count, period, cost = tonumber(ARGV[4*i-3]), tonumber(ARGV[4*i-2]), tonumber(ARGV[4*i-1]), tonumber(ARGV[4*i])
  local capacity = burst * period
  local level, mend, kept = 0, false, redis.pcall('GET', KEYS[i])
  if kept then
    local l, a = string.match(type(kept) == 'string' and kept or '', '^(%d+) (%d+)$')
    level = math.min(tonumber(l) or capacity, capacity)
    local at = tonumber(a)
    if at and at <= now then level = math.max(0, level - (now - at) * count) else mend = true end
  end
  local outcome, retry = 0, 0
  if cost > burst then
    outcome = 2
  elseif level + cost * period > capacity then
    outcome, retry = 1, math.ceil((level + cost * period - capacity) / count)
  end
  worst = math.max(worst, outcome)
  limits[i] = { count, period, cost, capacity, level, mend, outcome, retry }
end
local answer = { now }
for i = 1, #KEYS do
  local count, period, cost, capacity, level, mend, outcome, retry = unpack(limits[i])
  local taken = worst == 0 and cost * period or 0
  level = level + taken
  if level > 0 and (taken > 0 or mend) then
    local gone = string.format('%.0f', math.ceil((now + level / count) / 1000) + 1)
    redis.call('SET', KEYS[i], string.format('%.0f %.0f', level, now), 'PXAT', gone)
  elseif mend then
    redis.call('DEL', KEYS[i])
  end
  local told = { outcome, math.floor((capacity - level) / period), retry, math.ceil(level / count) }
  for j = 1, 4 do answer[#answer + 1] = told[j] end
end
return answer`;

/** The script, by a clock: what sets the local variable `now`. */
export function rateLimitScript(clock: string): string {
  return `${clock}${BODY}`;
}
