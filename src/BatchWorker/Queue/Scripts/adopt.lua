-- Makes a replica the owner of a batch: its own after a restart, or one whose owner's lease has run out.
-- KEYS 1 lock 2 batch 3 leases
-- ARGV 1 now in ms ('' = the store's clock) 2 new owner
-- Answers the epoch of the ownership, or '' when another replica holds the batch.
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local owner = redis.call('HGET', KEYS[2], 'owner')
if not owner then return '' end
if owner ~= ARGV[2] then
  local lease = redis.call('HGET', KEYS[3], owner)
  local expiry = lease and tonumber(string.match(lease, ':(%d+)$'))
  if expiry and expiry > now then return '' end
end
local epoch = tostring(tonumber(redis.call('HGET', KEYS[2], 'epoch') or '0') + 1)
redis.call('HSET', KEYS[2], 'owner', ARGV[2], 'epoch', epoch)
return epoch
