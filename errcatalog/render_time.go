package errcatalog

import (
	"strconv"
	"time"
)

var units = []struct {
	ms   int64
	name string
}{
	{24 * 60 * 60 * 1000, "day"},
	{60 * 60 * 1000, "hour"},
	{60 * 1000, "minute"},
	{1000, "second"},
	{1, "millisecond"},
}

// appendDuration appends d in seconds, or in the largest unit that divides it.
func appendDuration(b []byte, d time.Duration, as Form) []byte {
	if as != Words && as != Unit {
		return strconv.AppendInt(b, secondsCeil(d), 10)
	}
	ms := millisecondsCeil(d)
	u := units[3] // of zero
	for _, unit := range units {
		if ms > 0 && ms%unit.ms == 0 {
			u = unit
			break
		}
	}
	n := ms / u.ms
	if n != 1 || as == Words {
		b = append(strconv.AppendInt(b, n, 10), ' ')
	}
	b = append(b, u.name...)
	if n != 1 {
		b = append(b, 's')
	}
	return b
}

// millisecondsCeil is the first whole millisecond that is not less than d. What was
// measured finer than that is of whole seconds, if it is as long as one.
func millisecondsCeil(d time.Duration) int64 {
	switch {
	case d%time.Millisecond == 0:
		return int64(d / time.Millisecond)
	case d < time.Second:
		return int64(d/time.Millisecond) + 1
	}
	return secondsCeil(d) * 1000
}

// secondsCeil is the first whole second that is not less than d.
func secondsCeil(d time.Duration) int64 {
	s := int64(d / time.Second)
	if d%time.Second > 0 {
		s++
	}
	return s
}

// waitOf is a Retry-After value: whole seconds, rounded up.
func waitOf(d time.Duration) string { return strconv.FormatInt(secondsCeil(d), 10) }

func appendTime(b []byte, t time.Time) []byte {
	return t.UTC().AppendFormat(b, time.RFC3339)
}

// unixCeil is the first whole second that is not before t.
func unixCeil(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}
