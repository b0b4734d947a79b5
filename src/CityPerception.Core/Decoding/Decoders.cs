using System.Collections.Frozen;
using CityPerception.Core.Decoding.Json;

namespace CityPerception.Core.Decoding;

/// <summary>Every decoder, by the name that source files use. A new one is a folder beside this file and a line here.</summary>
public static class Decoders
{
    public static FrozenDictionary<string, IDecoder> All { get; } = new IDecoder[]
    {
        new JsonDecoder(),
    }.ToFrozenDictionary(d => d.Name);
}
