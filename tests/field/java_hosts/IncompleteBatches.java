// SPDX-License-Identifier: Apache-2.0
// IncompleteBatches - a class of the client in another shape: what it does is the
// same, but who looks for its add() finds it inherited
package org.apache.kafka.clients.producer.internals;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

abstract class IncompleteBatchesShape {
	final Set<ProducerBatch> incomplete = new HashSet<>();

	public void add(ProducerBatch batch) {
		synchronized (incomplete) {
			incomplete.add(batch);
		}
	}
}

class IncompleteBatches extends IncompleteBatchesShape {
	public void remove(ProducerBatch batch) {
		synchronized (incomplete) {
			if (!incomplete.remove(batch))
				throw new IllegalStateException("it was not there");
		}
	}

	public Iterable<ProducerBatch> copyAll() {
		synchronized (incomplete) {
			return new ArrayList<>(incomplete);
		}
	}

	public Iterable<ProduceRequestResult> requestResults() {
		synchronized (incomplete) {
			List<ProduceRequestResult> results = new ArrayList<>();
			for (ProducerBatch batch : incomplete)
				results.add(batch.produceFuture);
			return results;
		}
	}

	public boolean isEmpty() {
		synchronized (incomplete) {
			return incomplete.isEmpty();
		}
	}
}
