// Package bench measures the suite beside its peers, in one run:
//
//	go -C bench test -bench . -benchmem
package bench
