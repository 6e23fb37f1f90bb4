-- wrk -t1 -c50 -s load.lua URL -- SECONDS BODIES SCHEME: cycles through the bodies, one a line of the file. No request
-- is sent after SECONDS, those under way are awaited, so that every request that cost something is counted.
local ffi = require("ffi")
ffi.cdef [[ typedef struct { long s; long ns; } clock_time; int clock_gettime(int id, clock_time *time); ]]
local time = ffi.new("clock_time")
sent = 0
local bodies, deadline, head, isMarked = {}, 0, "", false

function setup(thread)
  only = thread
end

local function now()
  ffi.C.clock_gettime(1, time)
  return tonumber(time.s) + tonumber(time.ns) / 1e9
end

function init(args)
  deadline = now() + tonumber(args[1])
  for line in io.lines(args[2]) do
    bodies[#bodies + 1] = "\r\nContent-Length: " .. #line .. "\r\n\r\n" .. line
  end
  head = "POST " .. wrk.path .. " HTTP/1.1\r\nHost: " .. wrk.host ..
    "\r\nContent-Type: application/json\r\nAccept: application/json"
  isMarked = args[3] == "bearer"
  if isMarked then head = head .. "\r\nAuthorization: Bearer " .. math.floor(now() * 1000) .. "-" end
end

function delay()
  if now() > deadline then return 1000000000 end
  return 0
end

-- A header of its own for each request, which gateways pass on: nobody can answer two requests with one.
function request()
  sent = sent + 1
  local body = bodies[(sent - 1) % #bodies + 1]
  return isMarked and head .. sent .. body or head .. body
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"sent":%d,"bytes":%d,"failed":%d,"p50":%.3f,"p99":%.3f,"mean":%.3f}\n',
    summary.requests, only:get("sent"), summary.bytes, errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.mean / 1000))
end
