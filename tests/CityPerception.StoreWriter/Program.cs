// Writes batches of args[1] lines into the DuckDB file args[0] and prints how many it has written once each is stored.
// Runs until it is killed: what it has counted must be in the file afterwards.
using System.Globalization;
using CityPerception.Core.Schema;
using CityPerception.Storage.Stores.DuckDb;
using CityPerception.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

int lines = int.Parse(args[1], CultureInfo.InvariantCulture);
MeasurementCatalog catalog = new([new Measurement { Name = "noise", Sense = Sense.Thing, Tags = [new TagSchema { Name = "device" }], Fields = [new FieldSchema { Name = "leq" }] }]);

// A small log, so that the kill also meets checkpoints.
await using var store = new DuckDbStore(new DuckDbOptions { Path = args[0], CheckpointMegabytes = 1 }, () => catalog, NullLogger<DuckDbStore>.Instance);
long start = Lines.Ns("2026-03-01T00:00:00Z");
using var stdout = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
for (int batch = 0; ; batch++)
{
    await store.WriteAsync(Lines.Of(Enumerable.Range(batch * lines, lines).Select(i => Lines.Line("noise", [("device", "n")], [("leq", (double)i)], start + i))), CancellationToken.None);
    stdout.WriteLine(batch + 1);
}
