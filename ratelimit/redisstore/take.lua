-- Take: KEYS has the key of each charge; ARGV a time or '', and of each charge the limit, the
-- window in microseconds, the cost, and 1 if it is a shadow charge. The reply has, of each
-- charge, 1 if it is allowed, what remains, wait, reset and time in microseconds.
local now = clock(ARGV[1])
local logs, reply, refused = {}, {}, false

for i, key in ipairs(KEYS) do
	local limit, window, cost = tonumber(ARGV[4 * i - 2]), tonumber(ARGV[4 * i - 1]), tonumber(ARGV[4 * i])
	local shadow = ARGV[4 * i + 1] == '1'
	local log = logs[key]
	if not log then
		log = open(key, limit, window, now)
		log.added, logs[key] = 0, log
	end
	-- What earlier charges of the call take of the key comes first.
	local over = log.sum + log.added + max(cost, 1) - limit
	log.added = log.added + cost
	refused = refused or over > 0 and not shadow
	reply[5 * i - 4] = over <= 0 and 1 or 0
	reply[5 * i - 3] = limit - log.sum - log.added
	reply[5 * i - 1] = log.added > 0 and window or reset(log)
	reply[5 * i - 2] = over > 0 and (max(cost, 1) > limit and -1 or wait(log, over)) or 0
end

for _, log in pairs(logs) do
	log.reset = reset(log)
	if not refused and log.added > 0 then
		append(log, log.added)
	end
	save(log, now)
end

for i, key in ipairs(KEYS) do
	local log = logs[key]
	if refused then
		reply[5 * i - 3], reply[5 * i - 1] = ARGV[4 * i - 2] - log.sum, log.reset
	end
	reply[5 * i - 3] = max(0, reply[5 * i - 3])
	reply[5 * i] = log.now
end
return reply
