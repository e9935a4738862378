-- Hands out deliveries of callbacks to one host: each belongs to whoever took it until its lease has run out.
-- KEYS 1 lock 2 hosts 3 queue of the host
-- ARGV 1 now in ms ('' = the store's clock) 2 host 3 most 4 lease in ms
-- Answers the members.
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local due = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', string.format('%.0f', now), 'LIMIT', '0', ARGV[3])
for _, member in ipairs(due) do
  redis.call('ZADD', KEYS[3], string.format('%.0f', now + tonumber(ARGV[4])), member)
end
local first = redis.call('ZRANGE', KEYS[3], '0', '0', 'WITHSCORES')
if first[2] then
  redis.call('ZADD', KEYS[2], first[2], ARGV[2])
else
  redis.call('ZREM', KEYS[2], ARGV[2])
end
return due
