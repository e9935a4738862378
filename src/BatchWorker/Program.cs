return await BatchWorker.Daemon.RunAsync(args);
