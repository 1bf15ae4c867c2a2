// Prints the fires of robfig/cron: one line of seconds since 1970 for each line of input, which has
// a cron with its zone, and the start and end of a period, separated by tabs.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron"
)

func fires(spec string, after, until int64) string {
	schedule, err := cron.ParseStandard(spec)
	if err != nil {
		return "refused"
	}
	var found []string
	last := time.Unix(after, 0).UTC()
	for {
		next := schedule.Next(last)
		if next.IsZero() || next.Unix() > until {
			return strings.Join(found, " ")
		}
		if !next.After(last) {
			return "stuck"
		}
		found = append(found, strconv.FormatInt(next.Unix(), 10))
		last = next
	}
}

func main() {
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		fields := strings.Split(input.Text(), "\t")
		after, _ := strconv.ParseInt(fields[1], 10, 64)
		until, _ := strconv.ParseInt(fields[2], 10, 64)
		done := make(chan string, 1)
		go func() { done <- fires(fields[0], after, until) }()
		select {
		case line := <-done:
			fmt.Println(line)
		case <-time.After(2 * time.Second): // some crons never end
			fmt.Println("stuck")
		}
	}
}
