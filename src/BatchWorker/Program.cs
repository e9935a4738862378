return await BatchWorker.Cli.CommandLine.RunAsync(args);
