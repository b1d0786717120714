package support;

/** What a generated program looks like from outside. */
public interface RandomProgram {
    /** How many methods it offers. */
    int count();

    /** Calls one of them with inputs, and adds its result. */
    void call(int number, Inputs in, Checksum sum);

    /** Prepares its static state for a phase. */
    void begin(Inputs in);

    /** Adds its static state. */
    void state(Checksum sum);
}
