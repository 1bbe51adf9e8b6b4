package so1

import (
	"slices"
	"strconv"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/middleware/decode"
)

// An inspection looks for what is wrong with the steps of a workflow.
type inspection struct {
	steps  steps
	index  map[string]int // of a step, by its ID
	states []state
	trail  []string // the IDs of the steps that are entered
	found  []errcatalog.Violation
}

// A state is how far the search for cycles is with a step.
type state byte

const (
	unseen state = iota
	entered
	left
)

// check returns what is wrong with the steps, given the agents that there are: names
// that are missing, given twice or unknown, and then cycles.
func (s steps) check(agents map[string]bool) []errcatalog.Violation {
	c := inspection{steps: s, index: make(map[string]int, len(s)), states: make([]state, len(s))}
	for i := range s {
		c.id(i)
	}
	for i := range s {
		c.agent(i, agents)
		c.dependencies(i)
	}
	for i := range s {
		c.visit(i)
	}
	return c.found
}

// id takes in the ID of the step i.
func (c *inspection) id(i int) {
	id := c.steps[i].ID
	if _, twice := c.index[id]; twice {
		c.note(i, "/id", `another step has the ID "`+id+`"`)
		return
	}
	if id == "" {
		c.note(i, "/id", decode.Required)
		return
	}
	c.index[id] = i
}

// agent looks whether there is the agent of the step i.
func (c *inspection) agent(i int, agents map[string]bool) {
	switch name := c.steps[i].Agent; {
	case name == "":
		c.note(i, "/agent", decode.Required)
	case !agents[name]:
		c.note(i, "/agent", `unknown agent "`+name+`"`)
	}
}

// dependencies looks whether there are the steps that the step i depends on.
func (c *inspection) dependencies(i int) {
	for d, id := range c.steps[i].DependsOn {
		if _, ok := c.index[id]; !ok {
			c.note(i, dependency(d), `unknown dependency "`+id+`"`)
		}
	}
}

// visit searches what the step i depends on for cycles, depth first. A dependency on a
// step that was entered and not left closes one.
func (c *inspection) visit(i int) {
	if c.states[i] != unseen {
		return
	}
	c.states[i] = entered
	c.trail = append(c.trail, c.steps[i].ID)
	for d, id := range c.steps[i].DependsOn {
		switch j, ok := c.index[id]; {
		case !ok:
		case c.states[j] == entered:
			c.close(i, d)
		default:
			c.visit(j)
		}
	}
	c.trail = c.trail[:len(c.trail)-1]
	c.states[i] = left
}

// close notes the cycle that the dependency d of the step i closes. Its path costs
// something, and is made only if it is told.
func (c *inspection) close(i, d int) {
	if len(c.found) == maxFound {
		return
	}
	id := c.steps[i].DependsOn[d]
	path := append(slices.Clone(c.trail[slices.Index(c.trail, id):]), id)
	c.note(i, dependency(d), "closes a cycle", path...)
}

func dependency(d int) string { return "/depends_on/" + strconv.Itoa(d) }

// maxFound is how many faults of a workflow are told.
const maxFound = 100

// note adds what is wrong with a member of the step i.
func (c *inspection) note(i int, member, reason string, path ...string) {
	if len(c.found) == maxFound {
		return
	}
	field := "/steps/" + strconv.Itoa(i) + member
	c.found = append(c.found, errcatalog.Violation{Field: field, Reason: reason, Path: path})
}
