// SPDX-License-Identifier: Apache-2.0
// ProduceChannel(): a channel in front of the client. The last argument says how it ends.
package main

import (
	"os"
	"strconv"
	"sync"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"
)

func main() {
	way := os.Args[4]
	config := kafka.ConfigMap{"bootstrap.servers": os.Args[1]}
	config["go.batch.producer"] = way == "batch"
	for word, value := range librdkafka() {
		config[word] = value
	}
	p, err := kafka.NewProducer(&config)
	if err != nil {
		panic(err)
	}
	topic := os.Args[2]
	count, _ := strconv.Atoi(os.Args[3])
	var reported sync.WaitGroup
	reported.Add(count)
	go func() {
		for e := range p.Events() {
			if _, is := e.(*kafka.Message); is {
				reported.Done()
			}
		}
	}()
	for i := 0; i < count; i++ {
		p.ProduceChannel() <- &kafka.Message{
			TopicPartition: kafka.TopicPartition{Topic: &topic, Partition: 0},
			Value:          []byte("Welcome"),
		}
	}
	if way == "return" {
		return
	}
	// Flush() alone overlooks what is on its way from the channel to the client.
	if way != "flush" {
		reported.Wait()
	}
	for p.Flush(15*1000) > 0 {
	}
	if way != "flush" {
		p.Close()
	}
}
