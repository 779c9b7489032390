export type Listener<T> = (value: T, previous: T | undefined) => void;

export interface Store<T> {
    get(): T;
    set(next: T | ((now: T) => T)): void;
    subscribe(listener: Listener<T>): () => void;
}

export function createStore<T>(initial: T): Store<T> {
    let value = initial;
    const listeners = new Set<Listener<T>>();

    return {
        get: () => value,
        set(next) {
            const previous = value;
            value = typeof next === "function" ? (next as (now: T) => T)(value) : next;
            if (Object.is(previous, value)) {
                return;
            }
            for (const listener of listeners) {
                listener(value, previous);
            }
        },
        subscribe(listener) {
            listeners.add(listener);
            return () => listeners.delete(listener);
        },
    };
}

export function persisted<T>(key: string, initial: T): Store<T> {
    const read = (): T => {
        try {
            const raw = localStorage.getItem(key);
            return raw === null ? initial : (JSON.parse(raw) as T);
        } catch {
            return initial;
        }
    };
    const store = createStore(read());
    store.subscribe((value) => {
        try {
            localStorage.setItem(key, JSON.stringify(value));
        } catch (error) {
            console.warn(`could not keep "${key}"`, error);
        }
    });
    return store;
}

export function debounce<A extends unknown[]>(fn: (...args: A) => void, ms = 200) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const run = (...args: A) => {
        clearTimeout(timer);
        timer = setTimeout(() => fn(...args), ms);
    };
    run.cancel = () => clearTimeout(timer);
    return run;
}

export class Queue<T> {
    readonly #items: T[] = [];
    #closed = false;

    push(...items: T[]): number {
        if (this.#closed) {
            throw new Error("the queue is closed");
        }
        return this.#items.push(...items);
    }

    shift(): T | undefined {
        return this.#items.shift();
    }

    close(): void {
        this.#closed = true;
    }

    get size(): number {
        return this.#items.length;
    }
}

export const theme = persisted<"light" | "dark">("theme", "light");
export const sidebar = persisted<boolean>("sidebar", true);
