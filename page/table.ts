/** A cell: what is sorted by, and how a number is written. Texts are shown as they are. */
export type Cell =
  | { readonly value: string }
  | { readonly value: number; readonly format: (value: number) => string };

export interface TableRow {
  readonly row: string;
  readonly cells: readonly Cell[];
}

/** How a table is sorted: kept in the address of the page. */
export interface Order {
  column: number;
  isDescending: boolean;
}

const MOST_ROWS = 50;

/** A table whose rows sort by any column and are filtered by typing. */
export class SortedTable {
  readonly #body: HTMLTableSectionElement;
  readonly #caption: HTMLTableCaptionElement;
  readonly #headers: readonly HTMLTableCellElement[];
  #rows: readonly TableRow[] = [];
  #filter = '';

  /** @param onOrder told when the user has chosen another order */
  constructor(
    table: HTMLTableElement,
    readonly order: Order,
    private readonly onOrder: () => void,
  ) {
    this.#body = table.tBodies[0] as HTMLTableSectionElement;
    this.#caption = table.createCaption();
    this.#headers = [...table.querySelectorAll('th')];
    for (const [column, header] of this.#headers.entries()) {
      header.querySelector('button')?.addEventListener('click', () => this.#sortBy(column));
    }
  }

  show(rows: readonly TableRow[]): void {
    this.#rows = rows;
    this.#draw();
  }

  filter(text: string): void {
    this.#filter = text.toLowerCase();
    this.#draw();
  }

  #sortBy(column: number): void {
    const { order } = this;
    order.isDescending = order.column === column ? !order.isDescending : true;
    order.column = column;
    this.onOrder();
    this.#draw();
  }

  #draw(): void {
    const { column, isDescending } = this.order;
    for (const [index, header] of this.#headers.entries()) {
      const direction = isDescending ? 'descending' : 'ascending';
      header.setAttribute('aria-sort', index === column ? direction : 'none');
    }
    const found = this.#rows.filter(
      ({ cells }) => this.#filter === '' || nameOf(cells).toLowerCase().includes(this.#filter),
    );
    const rows = found
      .sort((a, b) => compared(a.cells[column], b.cells[column], isDescending))
      .slice(0, MOST_ROWS);
    while (this.#body.rows.length > rows.length) this.#body.deleteRow(-1);
    for (const [index, row] of rows.entries()) this.#write(index, row);
    write(this.#caption, noteOf(rows.length, found.length, this.#rows.length));
  }

  /** Changes what has changed alone: rows keep their place under the pointer and the reader. */
  #write(index: number, { row, cells }: TableRow): void {
    const line = this.#body.rows[index] ?? this.#body.insertRow();
    if (line.getAttribute('data-row') !== row) line.setAttribute('data-row', row);
    for (const [column, cell] of cells.entries()) {
      write(line.cells[column] ?? line.insertCell(), textOf(cell));
    }
  }
}

function write(holder: HTMLElement, text: string): void {
  if (holder.textContent !== text) holder.textContent = text;
}

function textOf(cell: Cell): string {
  return 'format' in cell ? cell.format(cell.value) : cell.value;
}

function nameOf([first]: readonly Cell[]): string {
  return first === undefined ? '' : textOf(first);
}

function noteOf(shown: number, found: number, all: number): string {
  if (all === 0) return 'nothing yet';
  if (found === 0) return `none of ${all} fits the filter`;
  return shown < found ? `${shown} of ${found}: sort and filter to see others` : '';
}

const TEXTS = new Intl.Collator('en', { numeric: true });

/** What is not known stands last, whichever way the others are sorted. */
function compared(a: Cell | undefined, b: Cell | undefined, isDescending: boolean): number {
  const [first, second] = [a?.value ?? NaN, b?.value ?? NaN];
  if (typeof first === 'string' || typeof second === 'string') {
    const order = TEXTS.compare(String(first), String(second));
    return isDescending ? -order : order;
  }
  if (Number.isNaN(first)) return Number.isNaN(second) ? 0 : 1;
  if (Number.isNaN(second)) return -1;
  return isDescending ? second - first : first - second;
}
