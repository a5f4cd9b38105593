// SPDX-License-Identifier: Apache-2.0
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.kafka.client.producer.KafkaProducer;
import io.vertx.kafka.client.producer.KafkaProducerRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The Kafka client of Vert.x: waits for its futures and closes; waits for the futures; ends.
 *
 * Verticle BOOTSTRAP TOPIC COUNT close|all|none
 */
public class Verticle {
	static void await(Future<?> future) throws Exception {
		future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
	}

	public static void main(String[] args) throws Exception {
		Map<String, String> settings = new HashMap<>();
		List<Future<?>> sent = new ArrayList<>();
		int count = Integer.parseInt(args[2]);

		Handed.left = new CountDownLatch(count);
		settings.put("bootstrap.servers", args[0]);
		settings.put("key.serializer", StringSerializer.class.getName());
		settings.put("value.serializer", StringSerializer.class.getName());
		settings.put("interceptor.classes", Handed.class.getName());
		if (args[3].equals("none")) {
			settings.put("linger.ms", "60000");
			settings.put("delivery.timeout.ms", "120000");
		}
		Vertx vertx = Vertx.vertx();
		KafkaProducer<String, String> producer = KafkaProducer.create(vertx, settings);

		for (int i = 0; i < count; i++)
			sent.add(producer.send(KafkaProducerRecord.create(args[1], "order " + i)));
		if (args[3].equals("none"))
			Handed.await();
		else
			await(Future.all(sent));
		if (args[3].equals("close")) {
			await(producer.close());
			await(vertx.close());
		}
		System.exit(0);
	}
}
