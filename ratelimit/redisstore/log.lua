-- A log is what was taken of a key. Its value has a head: the sum, where the entries start
-- and end, and the first and the last one's time; then entries in the order of time, each
-- a time in microseconds and how much was taken by then. All are little-endian doubles,
-- exact up to 2^53. Only what changes is read and written: long strings are slow in scripts.
local HEAD, ENTRY, CHUNK = 40, 16, 256
-- A value that grows over FULL entries is written anew, without those that have left the
-- window. If there are more than MOST, neighbours that have no more than a PARTth of the
-- limit together become one, at the time of the later: nothing is forgotten too early, and
-- no more than that PARTth too late.
local FULL, MOST, PARTS = 320, 192, 100

local pack, unpack, call, max, min = struct.pack, struct.unpack, redis.call, math.max, math.min

-- clock returns the time, the server's unless a test gives one.
local function clock(given)
	if given ~= '' then
		return tonumber(given)
	end
	local t = call('TIME')
	return t[1] * 1000000 + t[2]
end

-- entry returns the time and the amount of the entry at a position, which counts from 0.
local function entry(log, at)
	local base = log.base
	if not base or at < base or at >= base + CHUNK then
		base = at - (at - HEAD) % CHUNK
		log.base, log.chunk = base, call('GETRANGE', log.key, base, base + CHUNK - 1)
	end
	return unpack('<dd', log.chunk, at - base + 1)
end

-- put writes the entry at a position.
local function put(log, at, t, n)
	call('SETRANGE', log.key, at, pack('<dd', t, n))
	log.base = nil
end

-- head returns the head of the log's value.
local function head(log)
	return pack('<ddddd', log.sum, log.from, log.to, log.first, log.last)
end

-- rewrite writes the whole value anew, with these entries.
local function rewrite(log, entries, ttl)
	log.from, log.to, log.base = HEAD, HEAD + #entries, nil
	log.first, log.last = unpack('<d', entries), unpack('<d', entries, #entries - ENTRY + 1)
	call('SET', log.key, head(log) .. entries, 'PX', ttl)
end

-- ttl returns the milliseconds until the last entry has left the window for certain.
local function ttl(log, last, now)
	return math.ceil((last + log.window - now) / 1000) + 1
end

-- each returns what f makes of all entries, joined.
local function each(log, f)
	local made = {}
	for at = log.from, log.to - ENTRY, ENTRY do
		made[#made + 1] = f(entry(log, at))
	end
	return table.concat(made)
end

-- drop passes over the entries up to a time.
local function drop(log, time)
	log.changed = true
	while log.from < log.to do
		local t, n = entry(log, log.from)
		if t > time then
			log.first = t
			return
		end
		log.from, log.sum = log.from + ENTRY, log.sum - n
	end
	log.sum = 0
end

-- open reads the log of a key, and passes over what has left the window. log.now is the
-- time, which never goes back.
local function open(key, limit, window, now)
	local log = {key = key, limit = limit, window = window, now = now, sum = 0, from = HEAD, to = HEAD, last = 0}
	local value = call('GETRANGE', key, 0, HEAD - 1)
	if value == '' then
		return log
	end
	log.sum, log.from, log.to, log.first, log.last = unpack('<ddddd', value)
	if log.last > now + window then
		-- The clock was set back. Waiting for it would take too long: the last was taken now.
		local by = log.last - now
		rewrite(log, each(log, function(t, n) return pack('<dd', t - by, n) end), ttl(log, now, now))
	end
	log.now = max(now, log.last)
	if log.first <= log.now - window then
		drop(log, log.now - window)
	end
	return log
end

-- wait returns the time until so much has left the window. If the log has less, it is what
-- the call itself takes that has to leave.
local function wait(log, need)
	for at = log.from, log.to - ENTRY, ENTRY do
		local t, n = entry(log, at)
		need = need - n
		if need <= 0 then
			return t + log.window - log.now
		end
	end
	return log.window
end

-- reset returns the time until all has left the window.
local function reset(log)
	return log.sum > 0 and log.last + log.window - log.now or 0
end

-- append counts n at the log's time, which no entry is after.
local function append(log, n)
	local t = log.now
	log.sum, log.changed = log.sum + n, true
	if log.from == log.to then
		log.fresh = pack('<dd', t, n)
	elseif log.last == t then
		local _, m = entry(log, log.to - ENTRY)
		put(log, log.to - ENTRY, t, m + n)
	else
		put(log, log.to, t, n)
		log.to = log.to + ENTRY
	end
	log.last = t
end

-- shrink writes the value anew, with its entries merged if they are many.
local function shrink(log, now)
	local most = log.to - log.from > MOST * ENTRY and max(log.limit, log.sum) / PARTS or 0
	local made, time, sum = {}, 0, 0
	each(log, function(t, n)
		if sum > 0 and sum + n > most then
			made[#made + 1] = pack('<dd', time, sum)
			sum = 0
		end
		time, sum = t, sum + n
	end)
	made[#made + 1] = pack('<dd', time, sum)
	rewrite(log, table.concat(made), ttl(log, log.last, now))
end

-- save writes what is not yet written.
local function save(log, now)
	if not log.changed then
		return
	elseif log.fresh then
		rewrite(log, log.fresh, ttl(log, log.last, now))
	elseif log.sum <= 0 then
		call('DEL', log.key)
	elseif log.to > HEAD + FULL * ENTRY then
		shrink(log, now)
	else
		call('SETRANGE', log.key, 0, head(log))
		call('PEXPIRE', log.key, ttl(log, log.last, now))
	end
end
