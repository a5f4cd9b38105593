/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.js - sorts tables and draws charts. The page is whole without it.
 *
 * What it shows it takes from the page's own tables, by textContent, and puts back in the same
 * way: no text ever becomes markup. The Content-Security-Policy lets no other script run.
 */
"use strict";
(() => {
	/* ---- sorting: a button in each head, so that a keyboard can press it ---- */

	/* A cell's number; of what is not known undefined; else its text. */
	const valueOf = (cell) => {
		const number = cell.dataset.v;
		if (number !== undefined) {
			return Number(number);
		}
		const text = cell.textContent;
		return text === "?" ? undefined : text;
	};

	/* What is not known stays behind what is, in either direction. */
	const compare = (a, b, sign) => {
		if (a === undefined || b === undefined) {
			return (a === undefined) - (b === undefined);
		}
		if (typeof a === "number" && typeof b === "number") {
			return sign * (a - b);
		}
		return sign * (String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0);
	};

	const sortBy = (table, heads, index) => {
		const head = heads[index];
		const number = table.tBodies[0].querySelector(
			`td:nth-child(${index + 1})[data-v]`,
		);
		const first = number ? "descending" : "ascending";
		const second = number ? "ascending" : "descending";
		const order = head.getAttribute("aria-sort") === first ? second : first;
		const sign = order === "ascending" ? 1 : -1;
		const body = table.tBodies[0];
		const rows = Array.from(body.rows, (row) => ({
			row,
			value: valueOf(row.cells[index]),
		}));
		rows.sort((a, b) => compare(a.value, b.value, sign));
		heads.forEach((other) => other.removeAttribute("aria-sort"));
		head.setAttribute("aria-sort", order);
		body.append(...rows.map((each) => each.row));
	};

	const makeSortable = (table) => {
		if (table.tBodies[0].rows.length < 2) {
			return;
		}
		const heads = Array.from(table.tHead.querySelectorAll("th"));
		heads.forEach((head, index) => {
			const button = document.createElement("button");
			button.type = "button";
			button.textContent = head.textContent;
			button.addEventListener("click", () => sortBy(table, heads, index));
			head.replaceChildren(button);
		});
	};

	document.querySelectorAll("table.sortable").forEach(makeSortable);

	/* ---- the summary, for those who want to see it ---- */

	/* What a reader would not see, or in another order. */
	const plain = (json) =>
		json.replace(
			/[^\n -~]/g,
			(one) => "\\u" + one.charCodeAt(0).toString(16).padStart(4, "0"),
		);

	const raw = document.getElementById("raw");
	raw.hidden = false;
	raw.addEventListener("toggle", () => {
		const text = document.getElementById("summary").textContent;
		raw.querySelector("pre").textContent = raw.open
			? plain(JSON.stringify(JSON.parse(text), null, 2))
			: "";
	});

	/* ---- charts ---- */

	if (typeof uPlot === "undefined") {
		return;
	}

	const colour = (name) =>
		getComputedStyle(document.documentElement).getPropertyValue(name).trim();

	/* Colour is never alone: each series has dashes of its own. */
	const looks = {
		s1: { colour: "--s1", dash: [] },
		s2: { colour: "--s2", dash: [8, 4] },
		s3: { colour: "--s3", dash: [2, 3] },
	};

	const numberIn = (cell) => {
		const text = cell.textContent.replaceAll(",", "");
		return text === "" || text === "?" ? null : Number(text);
	};

	/* The columns of its table that it draws: the first is the time. A share is one of the
	 * time since the row before. */
	const columnsOf = (figure) => {
		const table = figure.querySelector("table");
		const rows = Array.from(table.tBodies[0].rows);
		return Array.from(table.tHead.rows[0].cells, (head, index) => ({
			label: head.textContent,
			share: head.classList.contains("share"),
			look: looks[Object.keys(looks).find((name) => head.classList.contains(name))],
			values: rows.map((row) => numberIn(row.cells[index])),
		})).filter((column, index) => index === 0 || column.look);
	};

	/* A share is a level from one row to the next, be it alone between two that are not known:
	 * both of its ends become points. */
	const levelled = (columns) => {
		if (!columns.some((column) => column.share)) {
			return columns.map((column) => column.values);
		}
		return columns.map(({ values }, index) =>
			values.slice(1).flatMap((value, row) => (index ? [value, value] : [values[row], value])),
		);
	};

	const timeUnits = [
		{ above: 7200, seconds: 3600, name: "h" },
		{ above: 120, seconds: 60, name: "min" },
		{ above: 1, seconds: 1, name: "s" },
		{ above: 0, seconds: 0.001, name: "ms" },
	];

	const short = new Intl.NumberFormat("en", { notation: "compact" });
	const exact = new Intl.NumberFormat("en", { maximumFractionDigits: 3 });

	const axis = (values) => ({
		stroke: () => colour("--dim"),
		grid: { stroke: () => colour("--line"), width: 1 },
		ticks: { stroke: () => colour("--line"), width: 1 },
		font: "12px system-ui, sans-serif",
		values: (plot, splits) => splits.map(values),
	});

	/* Where the process ended. */
	const drawEnd = (plot, end) => {
		const context = plot.ctx;
		const x = Math.round(plot.valToPos(end, "x", true));
		const { top, height } = plot.bbox;
		context.save();
		context.strokeStyle = colour("--text");
		context.fillStyle = colour("--text");
		context.lineWidth = Math.max(1, Math.round(2 * devicePixelRatio));
		context.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
		context.beginPath();
		context.moveTo(x, top);
		context.lineTo(x, top + height);
		context.stroke();
		context.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
		context.textAlign = "right";
		context.textBaseline = "top";
		context.fillText("end", x - 5 * devicePixelRatio, top);
		context.restore();
	};

	const HEIGHT = 240;
	const widthOf = (figure) => Math.max(200, Math.floor(figure.clientWidth));

	const optionsOf = (figure, columns, end) => {
		const last = Math.max(Number.isFinite(end) ? end : 0, ...columns[0].values);
		const unit = timeUnits.find((each) => last > each.above) || timeUnits[3];
		const inUnit = (seconds) => exact.format(seconds / unit.seconds);
		const share = columns.some((column) => column.share);
		const format = (value, how) => how.format(value) + (share ? " %" : "");
		return {
			width: widthOf(figure),
			height: HEIGHT,
			cursor: { drag: { x: false, y: false } },
			/* A little room, so that the line of the end is seen. */
			scales: {
				x: { time: false, range: () => [0, last > 0 ? last * 1.02 : 1] },
				y: {
					range: (plot, least, most) =>
						[0, Math.max(1, most || 0) * 1.12],
				},
			},
			axes: [
				{ ...axis(inUnit), label: `${unit.name} after the start`, labelSize: 20 },
				{ ...axis((value) => format(value, short)), size: 60 },
			].map((each) => ({
				...each,
				labelFont: "12px system-ui, sans-serif",
			})),
			series: columns.map((column, index) =>
				index === 0
					? {
							label: "after the start",
							value: (plot, value, series, row) =>
								row === null ? "" : `${inUnit(value)} ${unit.name}`,
						}
					: {
							label: column.label,
							stroke: () => colour(column.look.colour),
							dash: column.look.dash,
							width: 2,
							points: { show: column.values.length < 3 },
							value: (plot, value, series, row) =>
								row === null ? "" : value === null ? "?" : format(value, exact),
						},
			),
			hooks: {
				draw: Number.isFinite(end) ? [(plot) => drawEnd(plot, end)] : [],
			},
		};
	};

	/* For those who do not see it; the table below has all of it. */
	const describe = (plot, figure, columns) => {
		const canvas = plot.root.querySelector("canvas");
		const last = columns.slice(1).map((column) => {
			const values = column.values.filter((value) => value !== null);
			const most = values.length ? exact.format(Math.max(...values)) : "?";
			return `${column.label} at most ${most}`;
		});
		canvas.setAttribute("role", "img");
		canvas.setAttribute(
			"aria-label",
			`${figure.querySelector("figcaption b").textContent}: ${last.join(", ")}`,
		);
	};

	const charts = Array.from(document.querySelectorAll("figure.chart"), (figure) => {
		const columns = columnsOf(figure);
		const end = figure.dataset.end === "" ? NaN : Number(figure.dataset.end);
		const plot = new uPlot(
			optionsOf(figure, columns, end),
			levelled(columns),
			figure.querySelector(".plot"),
		);
		describe(plot, figure, columns);
		return { plot, figure };
	});

	const fit = () =>
		charts.forEach(({ plot, figure }) => {
			const width = widthOf(figure);
			if (width !== plot.width) {
				plot.setSize({ width, height: HEIGHT });
			}
		});
	const redraw = () => charts.forEach(({ plot }) => plot.redraw(false, true));

	new ResizeObserver(fit).observe(document.querySelector("main"));
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
	matchMedia("print").addEventListener("change", () => {
		fit();
		redraw();
	});
})();
