-- Compare, then write: every transition of the ledger but enqueue.
-- Nothing is written unless each compared value is as expected; the writes run in the order given.
-- KEYS 1 lock, 2… what the transition touches
-- ARGV checks, then per check: key, n, n fields, n expected values ('' = absent);
--      writes, then per write: command, key, n, n arguments
-- Answers the numbers (from 1, counted over all fields) of the values that differ; none: done.
local at = 1
local function take()
  local value = ARGV[at]
  at = at + 1
  return value
end

local differ, number = {}, 0
for _ = 1, tonumber(take()) do
  local key, n = KEYS[tonumber(take())], tonumber(take())
  local found = redis.call('HMGET', key, unpack(ARGV, at, at + n - 1))
  for i = 1, n do
    number = number + 1
    if (found[i] or '') ~= ARGV[at + n + i - 1] then
      differ[#differ + 1] = number
    end
  end
  at = at + 2 * n
end
if #differ > 0 then
  return differ
end

for _ = 1, tonumber(take()) do
  local command, key, n = take(), KEYS[tonumber(take())], tonumber(take())
  redis.call(command, key, unpack(ARGV, at, at + n - 1))
  at = at + n
end
return {}
