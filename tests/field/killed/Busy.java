// SPDX-License-Identifier: Apache-2.0
// Busy - produces without an end, for somebody to kill it.
//
//	Busy BROKER TOPIC ACKS SEED THREADS
//
// Batches of every size, now and then a flush or a get: what an instant can find. All
// threads share one producer.

import java.util.Properties;
import java.util.Random;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

public class Busy {
	static KafkaProducer<byte[], byte[]> producer;
	static String topic;
	static double quiet;

	static void produce(Random chance) {
		try {
			while (true) {
				Future<?> sent = producer.send(new ProducerRecord<>(topic,
					new byte[1 + chance.nextInt(3000)]));
				if (chance.nextDouble() >= quiet)
					continue;
				if (chance.nextBoolean())
					producer.flush();
				else
					sent.get();
			}
		} catch (Exception e) {
			e.printStackTrace();
			System.exit(1);
		}
	}

	public static void main(String[] args) throws Exception {
		Random chance = new Random(Long.parseLong(args[3]));
		Properties p = new Properties();
		String bytes = "org.apache.kafka.common.serialization.ByteArraySerializer";
		p.put("bootstrap.servers", args[0]);
		p.put("key.serializer", bytes);
		p.put("value.serializer", bytes);
		p.put("acks", args[2]);
		p.put("enable.idempotence", String.valueOf(args[2].equals("all")));
		p.put("linger.ms", new String[] {"0", "5", "50"}[chance.nextInt(3)]);
		quiet = new double[] {0, 0.001, 0.1, 1}[chance.nextInt(4)];
		topic = args[1];
		producer = new KafkaProducer<>(p);
		for (int i = Integer.parseInt(args[4]); i > 1; i--) {
			long seed = chance.nextLong();
			new Thread(() -> produce(new Random(seed))).start();
		}
		produce(chance);
	}
}
