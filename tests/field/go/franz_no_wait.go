// SPDX-License-Identifier: Apache-2.0
// The producer of franz-go's README, which waits for nobody.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"github.com/twmb/franz-go/pkg/kgo"
)

func main() {
	seeds := []string{os.Args[1]}
	cl, err := kgo.NewClient(
		append(security(), kgo.SeedBrokers(seeds...))...,
	)
	if err != nil {
		panic(err)
	}
	defer cl.Close()

	ctx := context.Background()

	// All record production goes through Produce, and the callback can be used
	// to allow for synchronous or asynchronous production.
	count, _ := strconv.Atoi(os.Args[3])
	for i := 0; i < count; i++ {
		record := &kgo.Record{Topic: os.Args[2], Value: []byte("bar")}
		cl.Produce(ctx, record, func(_ *kgo.Record, err error) {
			if err != nil {
				fmt.Printf("record had a produce error: %v\n", err)
			}
		})
	}
}
