// SPDX-License-Identifier: Apache-2.0
//
// right.go - leaves its loop on SIGTERM, and flushes
//
// run: --broker-rtt 400
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/confluentinc/confluent-kafka-go/kafka"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func newProducer(settings kafka.ConfigMap) *kafka.Producer {
	settings["bootstrap.servers"] = os.Args[1]
	p, err := kafka.NewProducer(&settings)
	must(err)
	return p
}

var topic = "orders"

func message(order int) *kafka.Message {
	return &kafka.Message{
		TopicPartition: kafka.TopicPartition{Topic: &topic, Partition: kafka.PartitionAny},
		Value:          []byte(fmt.Sprint("order ", order)),
	}
}

func order(number int) int {
	if number == 100 {
		syscall.Kill(os.Getpid(), syscall.SIGTERM) // as a supervisor does
	}
	time.Sleep(time.Millisecond)
	return number
}

// --8<--
func main() {
	p := newProducer(kafka.ConfigMap{})
	defer p.Close()
	stopping := make(chan os.Signal, 1)

	signal.Notify(stopping, syscall.SIGTERM)
	go func() {
		for e := range p.Events() {
			if m, ok := e.(*kafka.Message); ok && m.TopicPartition.Error != nil {
				fmt.Fprintln(os.Stderr, m.TopicPartition)
			}
		}
	}()
	for i := 0; len(stopping) == 0; i++ {
		must(p.Produce(message(order(i)), nil))
	}
	if left := p.Flush(20000); left > 0 { // less than the supervisor waits
		fmt.Fprintln(os.Stderr, left, "events are left")
	}
}

// --8<--
