-- Takes or renews the lease of a replica.
-- KEYS 1 lock 2 leases
-- ARGV 1 now in ms ('' = the store's clock) 2 owner 3 boot nonce 4 duration in ms 5 'take' or 'renew'
-- Answers the store's time in ms, or '' when another boot of this owner holds the lease.
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local held = redis.call('HGET', KEYS[2], ARGV[2])
if held and ARGV[5] == 'renew' and string.sub(held, 1, #ARGV[3]) ~= ARGV[3] then return '' end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3] .. ':' .. string.format('%.0f', now + tonumber(ARGV[4])))
return string.format('%.0f', now)
