// SPDX-License-Identifier: Apache-2.0
package main

import "os"

var total int

// Inlined into inner, and that into outer; its call of keep is not inlined.
func add(n int) {
	total += n
	keep(total)
}

//go:noinline
func keep(n int) { total = n + 1 }

func inner(n int) {
	add(n + 1)
}

//go:noinline
func outer(n int) {
	inner(n * 2)
	keep(total)
}

func main() {
	outer(len(os.Args))
}
