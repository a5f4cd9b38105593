// SPDX-License-Identifier: Apache-2.0
//
// wrong.go - is ended by SIGTERM in the middle of its work
//
// raises: killed-in-flight
// run: --broker-rtt 400
package main

import (
	"fmt"
	"os"
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
	defer p.Close() // SIGTERM runs no defer

	for i := 0; ; i++ { // until SIGTERM ends the program at once
		must(p.Produce(message(order(i)), nil))
	}
}

// --8<--
