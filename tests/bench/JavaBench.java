// SPDX-License-Identifier: Apache-2.0
// JavaBench - one number: what send() takes, or the first record, or collecting garbage.
//
//	JavaBench send BROKER COUNT BYTES    ns of the sending thread's own time per record
//	JavaBench first BROKER               ms from making a producer to its first answer
//	JavaBench gc BROKER COUNT BYTES      us of garbage collection per 1000 records
//	JavaBench nothing                    a JVM that makes no producer

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

public class JavaBench {
	static KafkaProducer<byte[], byte[]> make(String broker) {
		Properties p = new Properties();
		p.put("bootstrap.servers", broker);
		p.put("key.serializer",
			"org.apache.kafka.common.serialization.ByteArraySerializer");
		p.put("value.serializer",
			"org.apache.kafka.common.serialization.ByteArraySerializer");
		p.put("enable.idempotence", "false");
		p.put("linger.ms", "5");
		p.put("batch.size", "65536");
		p.put("buffer.memory", "268435456");
		return new KafkaProducer<>(p);
	}

	static void send(KafkaProducer<byte[], byte[]> producer, int count, byte[] value) {
		for (int i = 0; i < count; i++)
			producer.send(new ProducerRecord<>("orders", value));
	}

	static long used() {
		return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
	}

	static long collecting() {
		long ms = 0;
		for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans())
			ms += bean.getCollectionTime();
		return ms;
	}

	public static void main(String[] args) throws Exception {
		if (args[0].equals("nothing"))
			return;
		long began = System.nanoTime();
		KafkaProducer<byte[], byte[]> producer = make(args[1]);
		if (args[0].equals("first")) {
			producer.send(new ProducerRecord<>("orders", new byte[100])).get();
			System.out.println((System.nanoTime() - began) / 1000000);
			producer.close();
			return;
		}
		int count = Integer.parseInt(args[2]);
		byte[] value = new byte[Integer.parseInt(args[3])];
		long best = Long.MAX_VALUE;
		send(producer, count, value); // compiled from here on
		producer.flush();
		long collected = collecting();
		for (int round = 0; round < 5; round++) {
			long before = used();
			send(producer, count, value);
			best = Math.min(best, (used() - before) / count);
			producer.flush();
		}
		System.out.println(args[0].equals("gc")
			? (collecting() - collected) * 1000000 / (5L * count) : best);
		producer.close();
	}
}
