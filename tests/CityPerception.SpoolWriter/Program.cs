// Appends numbered lines to the spool in args[0], beginning with args[1], and writes each number to stdout once it is
// durable. Runs until it is killed: what it printed must be in the spool afterwards.
using System.Globalization;
using System.Text;
using CityPerception.Storage.Spooling;
using Microsoft.Extensions.Logging.Abstractions;

const int Senders = 8;
await using var spool = Spool.Open(args[0], new SpoolOptions { SegmentBytes = 1 << 20, MaxBytes = 1L << 40 }, TimeProvider.System, NullLogger<Spool>.Instance);
long next = long.Parse(args[1], CultureInfo.InvariantCulture);
using var stdout = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
await Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => Task.Run(SendAsync)));

async Task SendAsync()
{
    while (true)
    {
        long number = Interlocked.Increment(ref next);
        byte[] line = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"test,pad={new string('x', (int)(number % 300))} n={number}i {number}\n"));
        if (!spool.TryAppend(line, 1, number, out long address))
        {
            await spool.WaitForRoomAsync(CancellationToken.None);
            continue;
        }

        await spool.WaitDurableAsync(address, CancellationToken.None);
        lock (stdout) stdout.WriteLine(number);
    }
}
