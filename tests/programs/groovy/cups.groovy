class Cup {
    String blend
    int size
    def pour(int n) { size -= n; this }
    def methodMissing(String name, args) { "$name(${args.join(',')})" }
}
def cups = (1..6).collect { new Cup(blend: "blend$it", size: it * 10) }
println cups.findAll { it.size > 20 }*.blend.join(' ')
println cups.groupBy { it.size % 20 == 0 }.collectEntries { k, v -> [k, v.sum { it.size }] }
println cups[0].pour(3).size + ' ' + cups[1].brew('hot', 2)
String.metaClass.shout = { -> delegate.toUpperCase() + '!' }
println 'peaberry'.shout()
def fact
fact = { BigInteger n -> n <= 1 ? 1 : n * fact(n - 1) }
println fact(30)
def trace = { depth, tree -> tree instanceof List ? tree.collect { owner.call(depth + 1, it) }.sum() : depth * tree }
println trace(0, [1, [2, [3]], 4])
println "abc".each { }.replaceAll(/b(.)/) { all, c -> c * 2 }
def s = new StringBuilder()
use(groovy.time.TimeCategory) { s << 3.days.toString() }
println s
println([3, 1, 2].sort { a, b -> b <=> a } + (1..3).inject(0) { a, b -> a + b })
def xml = new groovy.util.XmlSlurper().parseText('<r><i n="1">a</i><i n="2">b</i></r>')
println xml.i.collect { "${it.@n}=${it.text()}" }
println new groovy.json.JsonBuilder([a: 1, b: [true, null, 'x']]).toString()
switch (42) { case 1..10: println 'small'; break; case { it % 2 == 0 }: println 'even'; break }
try { assert cups.size() == 7 } catch (Throwable e) { println e.class.simpleName }
