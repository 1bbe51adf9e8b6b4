-- Settle: KEYS has the key of each charge; ARGV a time or '', and of each charge the limit,
-- the window in microseconds, the cost, and its time in microseconds or ''.
local now = clock(ARGV[1])

-- seek returns the position of the first entry that is not before a time.
local function seek(log, time)
	local at = log.to
	while at > log.from and entry(log, at - ENTRY) >= time do
		at = at - ENTRY
	end
	return at
end

-- insert counts n at a time before the last entry's.
local function insert(log, time, n)
	local at = seek(log, time)
	local t, m = entry(log, at)
	log.sum, log.changed = log.sum + n, true
	if t == time then
		put(log, at, t, m + n)
		return
	end
	local here = pack('<dd', time, n)
	rewrite(log, each(log, function(t, m)
		local entry = pack('<dd', t, m)
		if here and t > time then
			entry, here = here .. entry, nil
		end
		return entry
	end), ttl(log, log.last, now))
end

-- refund takes back up to n of the entry that has what was taken at a time: the first that
-- is not before it. Those that all was taken back of are no more than places.
local function refund(log, time, n)
	local at, t, has = seek(log, time), 0, 0
	while has == 0 do
		if at == log.to then
			return
		end
		t, has = entry(log, at)
		at = at + ENTRY
	end
	at, n = at - ENTRY, min(n, has)
	put(log, at, t, has - n)
	log.sum, log.changed = log.sum - n, true
	-- The log ends with what is still taken.
	while log.sum > 0 do
		local last, left = entry(log, log.to - ENTRY)
		if left > 0 then
			log.last = last
			break
		end
		log.to = log.to - ENTRY
	end
end

for i, key in ipairs(KEYS) do
	local limit, window, cost = tonumber(ARGV[4 * i - 2]), tonumber(ARGV[4 * i - 1]), tonumber(ARGV[4 * i])
	local log = open(key, limit, window, now)
	local time = min(log.now, tonumber(ARGV[4 * i + 1]) or log.now)
	if time <= log.now - window or cost == 0 then
		-- It has left the window already.
	elseif cost < 0 then
		refund(log, time, -cost)
	elseif time < log.last and log.from < log.to then
		insert(log, time, cost)
	else
		log.now = time
		append(log, cost)
	end
	save(log, now)
end
return #KEYS
