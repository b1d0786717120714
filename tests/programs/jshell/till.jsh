int cups = 5
int square(int n) { return n * n; }
System.out.println(square(cups) + 1)
record Bag(String bean, int grams) { }
var bag = new Bag("peaberry", 250)
System.out.println(bag)
import java.util.stream.*
System.out.println(IntStream.range(0, 5).boxed().collect(Collectors.toList()))
String none = null
none.length()
System.out.println(undefined)
/vars
/exit
