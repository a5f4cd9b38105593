// SPDX-License-Identifier: Apache-2.0
// Many goroutines produce from two lines in turns, from stacks of different depth, that grow.
package main

import (
	"fmt"
	"os"
	"strconv"
	"sync"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"
)

var topic string

func order() *kafka.Message {
	return &kafka.Message{
		TopicPartition: kafka.TopicPartition{Topic: &topic, Partition: 0},
		Value:          []byte("order"),
	}
}

//go:noinline
func first(p *kafka.Producer) error {
	return p.Produce(order(), nil)
}

//go:noinline
func second(p *kafka.Producer) error {
	return p.Produce(order(), nil)
}

//go:noinline
func deep(p *kafka.Producer, levels int, odd bool) (err error) {
	var pad [300]byte
	pad[levels%300] = 1
	if levels > 0 {
		err = deep(p, levels-1, odd)
	} else if odd {
		err = first(p)
	} else {
		err = second(p)
	}
	if pad[levels%300] != 1 {
		panic("a stack that moved has lost what it held")
	}
	return err
}

func main() {
	config := kafka.ConfigMap{"bootstrap.servers": os.Args[1]}
	for word, value := range librdkafka() {
		config[word] = value
	}
	p, err := kafka.NewProducer(&config)
	if err != nil {
		panic(err)
	}
	topic = os.Args[2]
	count, _ := strconv.Atoi(os.Args[3])
	const goroutines = 50
	var told, all sync.WaitGroup
	told.Add(1)
	go func() {
		for range p.Events() {
		}
		told.Done()
	}()
	sent := [2]int{}
	for i := 0; i < goroutines; i++ {
		for j := i; j < count; j += goroutines {
			sent[(i+j/goroutines)%3&1]++
		}
		all.Add(1)
		go func(i int) {
			defer all.Done()
			for j := i; j < count; j += goroutines {
				if err := deep(p, (i*7+j)%6*12, (i+j/goroutines)%3&1 == 0); err != nil {
					panic(err)
				}
			}
		}(i)
	}
	all.Wait()
	fmt.Println(sent[0], sent[1])
	p.Flush(15 * 1000)
	p.Close()
	told.Wait()
}
