// SPDX-License-Identifier: Apache-2.0
//
// right.go - makes a new producer after a fatal error, and produces again what is missing
//
// run: --broker-rtt 1
// met: --broker-errors Produce=OUT_OF_ORDER_SEQUENCE_NUMBER
// judged: at_risk
package main

import (
	"fmt"
	"os"

	"github.com/confluentinc/confluent-kafka-go/kafka"
)

func newProducer(settings kafka.ConfigMap) *kafka.Producer {
	settings["bootstrap.servers"] = os.Args[1]
	p, err := kafka.NewProducer(&settings)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return p
}

var topic = "orders"

func message(order int) *kafka.Message {
	return &kafka.Message{
		TopicPartition: kafka.TopicPartition{Topic: &topic, Partition: kafka.PartitionAny},
		Value:          []byte(fmt.Sprint("order ", order)),
		Opaque:         order,
	}
}

// --8<--
// send produces those that are not there. True: the producer is sound.
func send(p *kafka.Producer, there []bool) bool {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for e := range p.Events() {
			if m, ok := e.(*kafka.Message); ok {
				there[m.Opaque.(int)] = m.TopicPartition.Error == nil
			}
		}
	}()
	for order := range there {
		if !there[order] {
			if err := p.Produce(message(order), nil); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}
	}
	for p.Flush(1000) > 0 {
	}
	fatal := p.GetFatalError()
	p.Close() // ends Events()
	<-done
	return fatal == nil
}

func main() {
	there := make([]bool, 100)
	settings := kafka.ConfigMap{"enable.idempotence": true}
	if !send(newProducer(settings), there) { // it takes no more messages
		send(newProducer(settings), there)
	}
}

// --8<--
