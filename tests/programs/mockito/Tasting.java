import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.spy;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.util.ArrayList;
import java.util.List;
import org.mockito.ArgumentCaptor;
import org.mockito.ArgumentMatchers;
import org.mockito.InOrder;

public class Tasting {
    interface Shelf {
        String bag(int number) throws Exception;
    }

    static class Taster {
        int cups;

        String taste(String bean) {
            cups++;
            return "fine " + bean;
        }
    }

    public static void main(String[] args) throws Exception {
        Shelf shelf = mock(Shelf.class);
        when(shelf.bag(1)).thenReturn("bourbon");
        when(shelf.bag(ArgumentMatchers.intThat(n -> n > 5))).thenAnswer(call -> "bag " + call.getArgument(0));
        when(shelf.bag(2)).thenThrow(new IllegalStateException("empty"));
        System.out.println(shelf.bag(1) + " " + shelf.bag(0) + " " + shelf.bag(9));
        try {
            shelf.bag(2);
        } catch (IllegalStateException e) {
            System.out.println(e.getMessage());
        }
        verify(shelf, times(1)).bag(9);
        InOrder order = inOrder(shelf);
        order.verify(shelf).bag(1);
        ArgumentCaptor<Integer> numbers = ArgumentCaptor.forClass(Integer.class);
        verify(shelf, times(4)).bag(numbers.capture());
        System.out.println(numbers.getAllValues());
        Taster taster = spy(new Taster());
        doReturn("stale").when(taster).taste("old");
        System.out.println(taster.taste("old") + ", " + taster.taste("new") + ", " + taster.cups);
        List<String> list = mock(ArrayList.class);
        when(list.size()).thenReturn(42);
        System.out.println(list.size() + " " + list.get(0));
        try {
            verify(shelf).bag(77);
        } catch (AssertionError e) {
            System.out.println(e.getMessage().trim().split("\n")[0]);
        }
        assertThat(List.of(1, 2, 3)).hasSize(3).contains(2).allMatch(x -> x > 0);
        assertThatThrownBy(() -> List.of().iterator().next()).isInstanceOf(RuntimeException.class);
        try {
            assertThat("peaberry").startsWith("b");
        } catch (AssertionError e) {
            System.out.println(e.getMessage().trim());
        }
    }
}
