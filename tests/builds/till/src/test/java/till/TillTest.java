package till;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.fail;

import org.junit.Ignore;
import org.junit.Test;

public class TillTest {
    @Test
    public void addsUp() {
        assertEquals(500, new Till().sell("coffee").sell("coffee").total());
    }

    @Test
    public void writesReceipts() {
        assertEquals("tea, cake = 500", new Till().sell("tea").sell("cake").receipt());
    }

    @Test
    public void refusesWhatHasNoPrice() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> new Till().sell("milk"));
        assertEquals("no price of milk", e.getMessage());
    }

    @Test
    @Ignore("later")
    public void givesChange() {
        fail("not yet");
    }

    @Test
    public void isWrongIfAsked() {
        assertEquals(Integer.getInteger("till.expected", 180).intValue(), new Till().sell("tea").total());
    }
}
