package auth

import "hash/crc32"

// crcTables has the CRC-32 of each byte, and of it with one, two and three zero bytes
// after it.
var crcTables = func() (t [4][256]uint32) {
	t[0] = *crc32.IEEETable
	for i := range t[0] {
		for n := 1; n < len(t); n++ {
			t[n][i] = t[0][byte(t[n-1][i])] ^ t[n-1][i]>>8
		}
	}
	return t
}()

// checksum is crc32.ChecksumIEEE of a string, four bytes at a time. That takes a
// slice, and a copy on the heap costs more than the sum of so few bytes.
func checksum(s string) uint32 {
	t, sum := &crcTables, ^uint32(0)
	for ; len(s) >= 4; s = s[4:] {
		sum ^= uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
		sum = t[3][byte(sum)] ^ t[2][byte(sum>>8)] ^ t[1][byte(sum>>16)] ^ t[0][sum>>24]
	}
	for i := range len(s) {
		sum = t[0][byte(sum)^s[i]] ^ sum>>8
	}
	return ^sum
}
