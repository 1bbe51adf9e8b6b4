package ratelimit

// minIndex is the size of the smallest table. Sizes are powers of two.
const minIndex = 8

// lookup returns the slot in which a key is counted, nil if there is none.
func (s *shard) lookup(hash uint64, window int64) *slot {
	sl := s.find(hash)
	if sl == nil && s.shared > 0 {
		if sl = s.find(coarseHash(hash, window)); sl != nil && s.idle(sl) {
			return nil // the key can have its own, or this one again
		}
	}
	return sl
}

// claim returns a slot for a key that has none: its own, or in a full shard one that
// it shares with others of the same window. Whoever shares one keeps to it until all
// in it has expired, so that nobody's count is forgotten.
func (s *shard) claim(hash uint64, window int64) *slot {
	if s.used-s.shared < s.max {
		return s.insert(hash)
	}
	hash = coarseHash(hash, window)
	sl := s.find(hash)
	if sl == nil {
		sl = s.insert(hash)
		sl.where = sharedBit
		s.shared++
	}
	return sl
}

// coarseHash returns the hash of the slot that a key shares.
func coarseHash(hash uint64, window int64) uint64 {
	return uint64(window)*0x9e3779b97f4a7c15&^(coarse-1) | hash%coarse
}

// find returns the slot with the hash, or nil.
func (s *shard) find(hash uint64) *slot {
	if len(s.index) == 0 {
		return nil
	}
	mask := uint64(len(s.index) - 1)
	for i := hash & mask; s.index[i] != 0; i = (i + 1) & mask {
		if sl := s.slot(int(s.index[i] - 1)); sl.hash == hash {
			return sl
		}
	}
	return nil
}

// insert returns a new slot for the hash. A slot is in use once something is
// counted in it.
func (s *shard) insert(hash uint64) *slot {
	if 4*(s.used+1) > 3*len(s.index) {
		s.resize(max(minIndex, 2*len(s.index)))
	}
	i := s.unused()
	sl := s.slot(i)
	*sl = slot{hash: hash}
	s.point(hash, i)
	s.used++
	s.work += newKey
	return sl
}

// unused returns the number of a slot that is free.
func (s *shard) unused() int {
	if n := len(s.free); n > 0 {
		i := s.free[n-1]
		s.free = s.free[:n-1]
		return int(i)
	}
	if s.top == len(s.chunks)*chunkLen {
		s.chunks = append(s.chunks, new([chunkLen]slot))
	}
	s.top++
	return s.top - 1
}

// point enters a slot's number in the table.
func (s *shard) point(hash uint64, slot int) {
	mask := uint64(len(s.index) - 1)
	i := hash & mask
	for s.index[i] != 0 {
		i = (i + 1) & mask
	}
	s.index[i] = uint32(slot + 1)
}

// resize makes the table anew.
func (s *shard) resize(size int) {
	old := s.index
	s.index = make([]uint32, size)
	for _, n := range old {
		if n != 0 {
			s.point(s.slot(int(n-1)).hash, int(n-1))
		}
	}
}

// remove frees a slot, and takes it out of the table by moving up those behind it.
func (s *shard) remove(sl *slot, number int) {
	mask := uint64(len(s.index) - 1)
	hole := sl.hash & mask
	for s.index[hole] != uint32(number+1) {
		hole = (hole + 1) & mask
	}
	for i := (hole + 1) & mask; s.index[i] != 0; i = (i + 1) & mask {
		if home := s.slot(int(s.index[i]-1)).hash & mask; (i-home)&mask >= (i-hole)&mask {
			s.index[hole], hole = s.index[i], i
		}
	}
	s.index[hole] = 0
	s.drop(sl)
	if sl.where&sharedBit != 0 {
		s.shared--
	}
	*sl = slot{}
	s.free = append(s.free, uint32(number))
	s.used--
}

// trim gives memory back when most of the slots are free, by moving the others to a
// smaller shard.
func (s *shard) trim() {
	if s.top < 4*chunkLen || s.used > s.top/4 {
		return
	}
	chunks, top := s.chunks, s.top
	s.index, s.chunks, s.free, s.top, s.used, s.cursor = nil, nil, nil, 0, 0, 0
	for i := range top {
		if sl := &chunks[i/chunkLen][i%chunkLen]; sl.life != 0 {
			*s.insert(sl.hash) = *sl
		}
	}
	if len(s.freeLogs) == len(s.logs) {
		s.logs, s.freeLogs = nil, nil
	}
}
