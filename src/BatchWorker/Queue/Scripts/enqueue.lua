-- Accepts jobs: none -> queued. The number of a job is taken here, so the order of numbers is the order of acceptance.
-- KEYS 1 lock 2 meta 3 buckets 4 delayed 5 deadlines,
--      then per bucket of the window: states, requests, metadata; per lane: waiting, later, index; then idempotency shards
-- ARGV 1 now in ms ('' = the store's clock) 2 most waiting jobs 3 'all' (or nothing) or 'each' 4 first bucket of the window
--      5 buckets 6 lanes 7 jobs 8 seconds to keep an idempotency shard, then 12 per job:
--      lane, state without its time, request, score of its priority, not_before, deadline, key field, key content, 3 shards (0 = none; the first is written), metadata ('' = none)
-- Answers {'full'} | {'window', last number} | {'conflict', per job} | {'ok', first number, time, per job};
--      per job: '' = accepted, '!' = key of another job, else what is remembered of the same job
local width, lanes, jobs = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local lane0, shard0, job0, per = 5 + 3 * width, 5 + 3 * width + 3 * lanes, 8, 12

local meta = redis.call('HMGET', KEYS[2], 'seq', 'clock', 'waiting', 'whole')
local seq, clock, waiting, whole = tonumber(meta[1] or '0'), tonumber(meta[2] or '0'), tonumber(meta[3] or '0'), tonumber(meta[4] or '0')
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
if now < clock then now = clock end

local answers, fresh, conflict = {}, {}, false
for job = 1, jobs do
  local a, known = job0 + (job - 1) * per, false
  local field = ARGV[a + 7]
  if field ~= '' then
    for s = 9, 11 do
      local shard = tonumber(ARGV[a + s])
      if shard > 0 and not known then known = redis.call('HGET', KEYS[shard0 + shard], field) end
    end
  end
  if not known then
    answers[job] = ''
    fresh[#fresh + 1] = job
  elseif string.sub(known, 1, 8) == ARGV[a + 8] then
    answers[job] = known
  else
    answers[job] = '!'
    conflict = true
  end
end
if conflict and ARGV[3] == 'all' then return {'conflict', unpack(answers)} end
if #fresh == 0 then return {'ok', tostring(seq + 1), tostring(now), unpack(answers)} end
if waiting + #fresh > tonumber(ARGV[2]) then return {'full'} end
local first = tonumber(ARGV[4])
if math.floor((seq + 1) / 256) < first or math.floor((seq + #fresh) / 256) >= first + width then
  return {'window', tostring(seq)}
end

local function bytes(value, n)
  local text = {}
  for i = n, 1, -1 do
    text[i] = string.char(value % 256)
    value = math.floor(value / 256)
  end
  return table.concat(text)
end

-- Keys before jobs before queues, and the word that all is there last. Whatever is cut off: a key without its job is no key,
-- a job without its place in the queue gets it from Repair, which looks at the numbers behind 'whole'.
redis.call('HSET', KEYS[2], 'seq', seq + #fresh, 'clock', now, 'waiting', waiting + #fresh)
local born, at = bytes(now, 6), 1
for i = 1, #fresh do
  local a, number = job0 + (fresh[i] - 1) * per, seq + i
  if ARGV[a + 7] ~= '' then
    local shard = KEYS[shard0 + tonumber(ARGV[a + 9])]
    redis.call('HSET', shard, ARGV[a + 7], ARGV[a + 8] .. bytes(number, 5) .. born .. string.sub(ARGV[a + 2], 9, 13))
    redis.call('EXPIRE', shard, ARGV[8])
  end
end
while at <= #fresh do
  local bucket = math.floor((seq + at) / 256)
  local states, requests, metadata, index = {}, {}, {}, {}
  while at <= #fresh and math.floor((seq + at) / 256) == bucket do
    local a, slot = job0 + (fresh[at] - 1) * per, (seq + at) % 256
    states[#states + 1] = slot
    states[#states + 1] = born .. ARGV[a + 2]
    requests[#requests + 1] = slot
    requests[#requests + 1] = ARGV[a + 3]
    if ARGV[a + 12] ~= '' then
      metadata[#metadata + 1] = slot
      metadata[#metadata + 1] = ARGV[a + 12]
    end
    index[ARGV[a + 1]] = true
    at = at + 1
  end
  local b = 5 + 3 * (bucket - first)
  redis.call('HSET', KEYS[b + 2], unpack(requests))
  if #metadata > 0 then redis.call('HSET', KEYS[b + 3], unpack(metadata)) end
  redis.call('HSET', KEYS[b + 1], unpack(states))
  redis.call('ZADD', KEYS[3], bucket, bucket)
  for lane in pairs(index) do redis.call('ZADD', KEYS[lane0 + 3 * lane], bucket, bucket) end
end
local waits, later, delayed, deadlines = {}, {}, {}, {}
for i = 1, #fresh do
  local a, number = job0 + (fresh[i] - 1) * per, seq + i
  local member, score = bytes(number, 8), tonumber(ARGV[a + 4]) + number
  local into = waits
  if ARGV[a + 5] ~= '' then
    into = later
    delayed[#delayed + 1] = ARGV[a + 5]
    delayed[#delayed + 1] = member
  end
  if ARGV[a + 6] ~= '' then
    deadlines[#deadlines + 1] = ARGV[a + 6]
    deadlines[#deadlines + 1] = member
  end
  local lane = tonumber(ARGV[a + 1])
  into[lane] = into[lane] or {}
  local list = into[lane]
  list[#list + 1] = string.format('%.0f', score)
  list[#list + 1] = member
end
if #deadlines > 0 then redis.call('ZADD', KEYS[5], unpack(deadlines)) end
if #delayed > 0 then redis.call('ZADD', KEYS[4], unpack(delayed)) end
for lane, list in pairs(later) do redis.call('ZADD', KEYS[lane0 + 3 * lane - 1], unpack(list)) end
for lane, list in pairs(waits) do redis.call('ZADD', KEYS[lane0 + 3 * lane - 2], unpack(list)) end
if whole == seq then redis.call('HSET', KEYS[2], 'whole', seq + #fresh) end
return {'ok', tostring(seq + 1), tostring(now), unpack(answers)}
