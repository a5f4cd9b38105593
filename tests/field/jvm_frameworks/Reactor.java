// SPDX-License-Identifier: Apache-2.0
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import reactor.core.publisher.Flux;
import reactor.kafka.sender.KafkaSender;
import reactor.kafka.sender.SenderOptions;
import reactor.kafka.sender.SenderRecord;

/**
 * reactor-kafka: waits for the flux and closes its sender; waits and does not close; subscribes
 * and ends.
 *
 * Reactor BOOTSTRAP TOPIC COUNT close|block|none
 */
public class Reactor {
	public static void main(String[] args) throws Exception {
		Map<String, Object> settings = new HashMap<>();
		int count = Integer.parseInt(args[2]);

		Handed.left = new CountDownLatch(count);
		settings.put("bootstrap.servers", args[0]);
		settings.put("key.serializer", StringSerializer.class);
		settings.put("value.serializer", StringSerializer.class);
		settings.put("interceptor.classes", Handed.class.getName());
		if (args[3].equals("none")) {
			settings.put("linger.ms", "60000");
			settings.put("delivery.timeout.ms", "120000");
		}
		KafkaSender<String, String> sender =
			KafkaSender.create(SenderOptions.<String, String>create(settings));
		Flux<SenderRecord<String, String, Integer>> orders = Flux.range(0, count).map(
			i -> SenderRecord.create(new ProducerRecord<>(args[1], "order " + i), i));

		if (args[3].equals("none")) {
			sender.send(orders).subscribe();
			Handed.await();
		} else {
			sender.send(orders).blockLast();
		}
		if (args[3].equals("close"))
			sender.close();
		System.exit(0);
	}
}
