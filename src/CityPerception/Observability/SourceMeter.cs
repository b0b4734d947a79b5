using System.Diagnostics.Metrics;
using System.Text;
using CityPerception.Core.Observations;
using CityPerception.Core.Text.Masking;

namespace CityPerception.Observability;

/// <summary>
/// What one source receives over one transport, counted where it happens. The hot path adds to plain counters and
/// allocates nothing: metrics read them when they are scraped and the live page once a second, so that both always
/// show the same numbers. Samples for the page are copied only while this second's few are not yet taken.
/// </summary>
internal sealed class SourceMeter
{
    /// <summary>A longer line is counted but not shown.</summary>
    public const int MaxSampleBytes = 4096;

    private const int SamplesKept = 5, SamplesPerTick = 2;

    private readonly long[] _rejected = new long[Enum.GetValues<RejectionReason>().Max(r => (int)r) + 1];
    private readonly Histogram<double> _durable;
    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly Ring<ObservationSample> _observations = new(SamplesKept);
    private readonly Ring<RejectionSample> _rejections = new(SamplesKept);
    private readonly Ring<ArrivalSample> _arrivals = new(SamplesKept);
    private long _messages, _bytes, _acknowledged, _accepted, _filtered, _lastReceivedNs;
    private int _observationBudget = SamplesPerTick, _rejectionBudget = SamplesPerTick, _arrivalBudget = 1;

    internal SourceMeter(string source, string transport, bool isLive, Histogram<double> durable)
    {
        IsLive = isLive;
        Source = source;
        Transport = transport;
        _durable = durable;
        _tags = [new("source", source), new("transport", transport)];
    }

    public string Source { get; }

    /// <summary>mqtt, http, …</summary>
    public string Transport { get; }

    /// <summary>Whether what comes this way is of now, and not brought in late and in bulk.</summary>
    public bool IsLive { get; }

    public long Messages => Volatile.Read(ref _messages);

    public long Bytes => Volatile.Read(ref _bytes);

    public long Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Observations.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Elements that the source's <c>when</c> left out.</summary>
    public long Filtered => Volatile.Read(ref _filtered);

    /// <summary>When the last message arrived, in nanoseconds since 1970 UTC; 0 for never.</summary>
    public long LastReceivedNs => Volatile.Read(ref _lastReceivedNs);

    internal ReadOnlySpan<KeyValuePair<string, object?>> Tags => _tags;

    /// <summary>Messages arrived; call it once for as many as one read holds.</summary>
    public void Received(int messages, long bytes, long receivedNs)
    {
        Interlocked.Add(ref _messages, messages);
        Interlocked.Add(ref _bytes, bytes);
        Volatile.Write(ref _lastReceivedNs, receivedNs);
    }

    /// <summary>A message as it came, which may become a sample: one a second is copied.</summary>
    public void Arrived(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> topic, long receivedNs)
    {
        if (payload.Length <= MaxSampleBytes && TakeOne(ref _arrivalBudget)) _arrivals.Add(new ArrivalSample(receivedNs, payload.ToArray(), Encoding.UTF8.GetString(topic)));
    }

    /// <summary>Messages were acknowledged to their sender, which is after they are durable.</summary>
    public void AcknowledgedMessages(int messages) => Interlocked.Add(ref _acknowledged, messages);

    /// <summary>Observations were made. The first of the lines may become a sample.</summary>
    public void AcceptedObservations(int count, ReadOnlySpan<byte> lines, long receivedNs)
    {
        Interlocked.Add(ref _accepted, count);
        if (!lines.IsEmpty && TakeOne(ref _observationBudget)) Sample(lines, receivedNs);
    }

    public void FilteredElements(int count) => Interlocked.Add(ref _filtered, count);

    /// <summary>An element was refused.</summary>
    public void Rejected(in Rejection rejection, long receivedNs)
    {
        Interlocked.Increment(ref _rejected[(int)rejection.Reason]);
        if (TakeOne(ref _rejectionBudget)) _rejections.Add(new RejectionSample(receivedNs, rejection with { Path = PersonalData.Mask(rejection.Path), Detail = PersonalData.Mask(rejection.Detail) }));
    }

    /// <summary>So many more elements were refused, for a reason that has been shown already.</summary>
    public void RejectedMore(RejectionReason reason, int count) => Interlocked.Add(ref _rejected[(int)reason], count);

    /// <summary>A message became durable so long after its receipt.</summary>
    public void Durable(TimeSpan afterReceipt) => _durable.Record(afterReceipt.TotalSeconds, _tags);

    /// <summary>How many elements were refused for this reason.</summary>
    public long RejectedFor(RejectionReason reason) => Volatile.Read(ref _rejected[(int)reason]);

    /// <summary>How many elements were refused for any reason.</summary>
    public long RejectedTotal()
    {
        long sum = 0;
        for (int i = 0; i < _rejected.Length; i++) sum += Volatile.Read(ref _rejected[i]);
        return sum;
    }

    /// <summary>The latest samples, the newest first.</summary>
    internal ObservationSample[] Observations() => _observations.NewestFirst();

    /// <summary>The latest samples, the newest first.</summary>
    internal RejectionSample[] Rejections() => _rejections.NewestFirst();

    /// <summary>The latest samples, the newest first.</summary>
    internal ArrivalSample[] Arrivals() => _arrivals.NewestFirst();

    /// <summary>A second has gone by: the next few samples may be taken.</summary>
    internal void AllowSamples()
    {
        Volatile.Write(ref _observationBudget, SamplesPerTick);
        Volatile.Write(ref _rejectionBudget, SamplesPerTick);
        Volatile.Write(ref _arrivalBudget, 1);
    }

    // Two threads may see the last one left: the decrement decides. A refill between the two costs one sample more or less.
    private static bool TakeOne(ref int budget) => Volatile.Read(ref budget) > 0 && Interlocked.Decrement(ref budget) >= 0;

    private void Sample(ReadOnlySpan<byte> lines, long receivedNs)
    {
        int end = lines.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? lines : lines[..end];
        if (line.Length <= MaxSampleBytes) _observations.Add(new ObservationSample(receivedNs, Encoding.UTF8.GetString(line)));
    }
}

/// <summary>An observation as the page shows it: its line protocol, without the line end.</summary>
internal readonly record struct ObservationSample(long ReceivedNs, string Line);

/// <summary>A message as it came, in memory only.</summary>
internal readonly record struct ArrivalSample(long ReceivedNs, ReadOnlyMemory<byte> Payload, string Topic);

/// <summary>A rejection as the page shows it.</summary>
internal readonly record struct RejectionSample(long ReceivedNs, Rejection Rejection);
