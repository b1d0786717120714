import collections
import json
import re

from java.lang import Runnable, Thread
from java.util import ArrayList, TreeMap


class Bean(object):
    def __init__(self, name, grams):
        self.name = name
        self.grams = grams

    def __repr__(self):
        return '%s (%d g)' % (self.name, self.grams)

    def __cmp__(self, other):
        return cmp(self.grams, other.grams)


def fibonacci(count):
    a, b = 0, 1
    for _ in range(count):
        yield a
        a, b = b, a + b


class Roaster(Runnable):
    def run(self):
        print 'roasted'


print list(fibonacci(20))
print sorted([Bean('bourbon', 250), Bean('maragogype', 125), Bean('peaberry', 500)])
words = collections.defaultdict(list)
for word in re.findall(r'\w+', 'a round bean is a peaberry and a flat bean is not'):
    words[len(word)].append(word)
print sorted(words.items())
print json.dumps({'price': [1, 2.5, None], 'unit': u'\u20ac'}, sort_keys=True)
try:
    1 / 0
except ZeroDivisionError, error:
    print 'caught', error
beans = ArrayList()
beans.add('arabica')
beans.add(5)
print beans, [type(bean).__name__ for bean in beans]
prices = TreeMap({'b': 2, 'a': 1})
print prices, prices['a'], 'c' in prices
thread = Thread(Roaster())
thread.start()
thread.join()
print 2 ** 200, '%.3e' % 12345.678
