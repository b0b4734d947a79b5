if (args is ["connects", _, _, _, ..]) await CityPerception.Benchmarks.ConnectBench.RunAsync(args);
else if (args is ["rollups", _, _, _, ..]) await CityPerception.Benchmarks.RollupBench.RunAsync(args);
else if (args is ["readers", _, _, _]) await CityPerception.Benchmarks.ReadersBench.RunAsync(args);
else if (args is ["walls", ..]) await CityPerception.Benchmarks.Walls.WallBench.RunAsync(args);
else BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(typeof(CityPerception.Benchmarks.DeviceBenchmarks).Assembly).Run(args);
