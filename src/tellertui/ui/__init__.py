"""The terminal toolkit: what makes every screen safe and calm by construction.

From the ground up:

- ``text`` ``look`` ``notes`` ``chrome`` ``values`` ``commandline`` ``initials``: pure; no app is needed.
- ``pump`` ``guard`` ``idle`` ``incidents`` ``leaving`` ``environ``: keys in order, slips of the finger, idle
  time, errors without values, an end in order.
- ``canvas`` ``fields`` ``form`` ``modal`` ``picker`` ``helping`` ``veil`` ``small``: the few widgets.
- ``frame`` with ``desk`` and ``entry``: the two kinds of screens; ``actions`` declares what they can do.
- ``driver`` ``quiet`` and ``base`` with ``places``: the app under all of them.

A screen holds message ids and views, never translated text; it draws rows of exact width and asks the branch
in errands, during which keys wait. ``Branch`` in ``branch`` is all it knows of the host.
"""
