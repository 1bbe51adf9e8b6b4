package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"strconv"
)

// flags are what the command line says.
type flags struct {
	addr   string
	rate   int64
	format string // of the log
}

// parse reads the command line, and tells what is wrong with it in one line. The error
// is flag.ErrHelp if it asks for help, which was given then.
func parse(args []string, stderr io.Writer) (f flags, err error) {
	f = flags{"127.0.0.1:8080", 60, "text"}
	set := flag.NewFlagSet("demo-server", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.Func("addr", "the `address` to listen on, host:port (default 127.0.0.1:8080)", f.setAddr)
	set.Func("rate", "how many `requests` a minute a key has (default 60)", f.setRate)
	set.Func("log", "the `format` of the log on standard error, text or json (default text)", f.setFormat)
	err = set.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintln(stderr, "Usage of demo-server:")
		set.SetOutput(stderr)
		set.PrintDefaults()
		return f, err
	case err == nil && set.NArg() > 0:
		err = fmt.Errorf("unexpected argument %q; it takes flags only", set.Arg(0))
	}
	if err != nil {
		fmt.Fprintf(stderr, "demo-server: %v; -help lists the flags\n", err)
	}
	return f, err
}

func (f *flags) setAddr(s string) error {
	_, port, err := net.SplitHostPort(s)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil || port == "" {
		return errors.New("it needs to be host:port, such as 127.0.0.1:8080")
	}
	f.addr = s
	return nil
}

func (f *flags) setRate(s string) error {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 {
		return errors.New("it needs to be a whole number, at least 1")
	}
	f.rate = n
	return nil
}

func (f *flags) setFormat(s string) error {
	if s != "text" && s != "json" {
		return errors.New("it is text or json")
	}
	f.format = s
	return nil
}
