require 'set'

Order = Struct.new(:guest, :drink, :cents) do
  include Comparable
  def <=>(other)
    [cents, guest] <=> [other.cents, other.guest]
  end
  def to_s
    format('%-8s %-10s %6.2f', guest, drink, cents / 100.0)
  end
end

module Loud
  def call(name)
    super.upcase
  end
end

class Barista
  def call(name)
    "order for #{name}"
  end
  def method_missing(name, *arguments)
    name.to_s.start_with?('make_') ? "#{name.to_s.sub('make_', '')} #{arguments.inspect}" : super
  end
  def respond_to_missing?(name, all = false)
    name.to_s.start_with?('make_') || super
  end
end

orders = [
  Order.new('Ann', :espresso, 250),
  Order.new('Bo', :filter, 310),
  Order.new('Cy', :mocha, 250)
]
puts orders.sort.map(&:to_s)
puts orders.group_by(&:cents).transform_values { |list| list.map(&:guest) }.inspect
barista = Barista.new
puts barista.make_latte(1, :hot)
barista.singleton_class.prepend(Loud)
puts barista.call('Ann')
begin
  barista.sing
rescue NoMethodError => error
  puts error.message.lines.first.split(' for ').first
end
fiber = Fiber.new do
  a, b = 0, 1
  loop do
    Fiber.yield a
    a, b = b, a + b
  end
end
puts Array.new(15) { fiber.resume }.join(' ')
queue = Queue.new
workers = Array.new(3) { Thread.new { (1..100).each { |n| queue << n } } }
workers.each(&:join)
puts Array.new(queue.size) { queue.pop }.sum
puts 2**100, 'peaberry'.scan(/[aeiou]/).to_set.to_a.inspect
case 'bourbon 250'
when /(?<bean>\w+) (?<grams>\d+)/
  puts "#{$~[:bean]} #{$~[:grams].to_i * 2}"
end
puts (1..Float::INFINITY).lazy.select(&:even?).map { |n| n * n }.first(5).inspect
