package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/contrite-go/contrite/auth"
)

// A story is told of a cluster, to out.
type story struct {
	*cluster
	out io.Writer
}

const (
	refused = "429 rate_limit_exceeded"
	unknown = "401 invalid_token"
	away    = "503 service_unavailable"
)

// burst is a fixed key of FAOS's, with a limit of 5 requests a minute.
const (
	burst      = "sk_live_demoburst000ThisDemoKeyIsNotASecret00Qd27V"
	burstLimit = 5
)

// tell tells the story to its end, or to the first claim that does not hold.
func (s *story) tell(ctx context.Context) error {
	s.say("%d processes serve the FAOS API behind %s,\nwith their keys in PostgreSQL and their limits in Redis.", replicas, s.url)
	for _, chapter := range []func(context.Context) error{
		s.shareKeys, s.shareLimit, s.loseReplica, s.loseRedis, s.remember, s.loseAll,
	} {
		if err := chapter(ctx); err != nil {
			return fmt.Errorf("%w\nthe log ends with\n%s", err, s.said())
		}
	}
	s.say("\nEvery claim holds.")
	return nil
}

func (s *story) say(format string, args ...any) { fmt.Fprintf(s.out, format+"\n", args...) }

// claim tells what is so, or returns that it is not.
func (s *story) claim(holds bool, claim string, seen tally) error {
	saw := fmt.Sprintf("%s; by %s", counts(seen.answers), counts(seen.replicas))
	if !holds {
		return fmt.Errorf("it does not hold that %s: %s", claim, saw)
	}
	s.say("  ok  %s\n      %s", claim, saw)
	return nil
}

// issue puts a new key into PostgreSQL.
func (s *story) issue(ctx context.Context, name string) (string, *auth.Key, error) {
	return s.keys().Issue(ctx, "story", auth.Grant{Owner: "story", Name: name, Environment: "live"})
}

// crowd returns clients that are not on their way yet.
func (s *story) crowd(key string, requests, clients int) *crowd {
	return &crowd{url: s.url, key: key, requests: requests, clients: clients}
}

func (s *story) shareKeys(ctx context.Context) error {
	s.say("\nA key is issued in PostgreSQL.")
	secret, key, err := s.issue(ctx, "short-lived")
	if err != nil {
		return err
	}
	few := s.crowd(secret, 2*replicas, 1)
	seen := few.send(ctx)
	err = s.claim(seen.answers[ok] == few.requests && len(seen.replicas) == replicas, "every replica accepts it", seen)
	if err != nil {
		return err
	}
	s.say("It is revoked. For %v a cache may remember it; then", bound)
	if _, err := s.keys().Revoke(ctx, "story", key.ID); err != nil {
		return err
	}
	select {
	case <-time.After(bound):
	case <-ctx.Done():
		return ctx.Err()
	}
	seen = few.send(ctx)
	return s.claim(seen.answers[unknown] == few.requests && len(seen.replicas) == replicas, "every replica refuses it", seen)
}

func (s *story) shareLimit(ctx context.Context) error {
	s.say("\nA crowd comes with one key, whose limit is %d requests a minute.", burstLimit)
	many := s.crowd(burst, 10*replicas, 10)
	seen := many.send(ctx)
	holds := seen.answers[ok] == burstLimit && seen.answers[refused] == many.requests-burstLimit && len(seen.replicas) == replicas
	return s.claim(holds, fmt.Sprintf("exactly %d of %d pass", burstLimit, many.requests), seen)
}

func (s *story) loseReplica(ctx context.Context) error {
	s.say("\nWhile requests flow, replica 2 is killed.")
	secret, _, err := s.issue(ctx, "steady")
	if err != nil {
		return err
	}
	flow := s.crowd(secret, 40, 4)
	flow.after, flow.strike = 10, s.replicas[1].kill
	seen := flow.send(ctx)
	return s.claim(seen.answers[ok] == flow.requests, "the others answer, and no client notices", seen)
}

func (s *story) loseRedis(ctx context.Context) error {
	s.say("\nWhile requests flow with a key of %d a minute, Redis is killed. Each replica\ngives out a third of what was left, as far as it knows.", rate)
	secret, _, err := s.issue(ctx, "eager")
	if err != nil {
		return err
	}
	flow := s.crowd(secret, 90, 4)
	flow.after, flow.strike = 30, s.redis.kill
	seen := flow.send(ctx)
	holds := only(seen.answers, ok, refused) && seen.after[ok] > 0 && seen.after[refused] > 0 && seen.answers[ok] <= rate
	return s.claim(holds, fmt.Sprintf("some pass without Redis, of all no more than %d, and none meets a 5xx", rate), seen)
}

func (s *story) remember(ctx context.Context) error {
	s.say("\nThe crowd of before comes again, without Redis.")
	many := s.crowd(burst, 10, 4)
	seen := many.send(ctx)
	return s.claim(seen.answers[refused] == many.requests, "the replicas remember that its limit is used up", seen)
}

func (s *story) loseAll(ctx context.Context) error {
	s.say("\nThe other replicas are killed.")
	for _, p := range s.replicas {
		p.kill()
	}
	few := s.crowd(burst, 3, 1)
	seen := few.send(ctx)
	return s.claim(seen.answers[away] == few.requests, "the front answers for them, in FAOS's contract", seen)
}
