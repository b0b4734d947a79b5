using System.Collections.Frozen;
using CityPerception.Core.Standards;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>Every calculation there is. A new one is a file in this folder and a line here.</summary>
public static class Calculations
{
    /// <summary>By the names that channel files write.</summary>
    public static FrozenDictionary<string, ICalculation> All { get; } = new ICalculation[]
    {
        new NoiseOfPeriod("noise.ld", NoisePeriod.Day),
        new NoiseOfPeriod("noise.ln", NoisePeriod.Night),
    }.ToFrozenDictionary(static c => c.Name, StringComparer.Ordinal);
}
